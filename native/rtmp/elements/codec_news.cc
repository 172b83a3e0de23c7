#include "rtmp/elements/codec_news.h"

#include "js/js.h"
#include "rtmp/elements/track_format.h"

namespace rxgst::rtmp {

namespace {

constexpr size_t most_told = 8;
/** A configuration comes before its media, in servers that have one. */
constexpr int64_t longest_unconfigured_us = 2'000'000;

}  // namespace

bool CodecNews::is_new(const std::string& what) { return told_.size() < most_told && told_.insert(what).second; }

void CodecNews::tell_unknown(GstElement* element, const Frame& frame) {
  const std::string codec = codec_text(frame);
  if (!is_new((frame.video ? "video" : "audio") + codec)) return;
  GstStructure* said = gst_structure_new("rxgst-codec", "kind", G_TYPE_STRING, frame.video ? "video" : "audio", "codec",
                                         G_TYPE_STRING, codec.c_str(), "refused", G_TYPE_BOOLEAN, FALSE, nullptr);
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), said));
}

void CodecNews::note_unconfigured(GstElement* element, const Frame& frame, int64_t* since_us) {
  if (*since_us == 0) *since_us = now_us();
  if (now_us() - *since_us < longest_unconfigured_us) return;
  const std::string codec = codec_text(frame), kind = frame.video ? "pictures" : "sound";
  if (!is_new(kind + codec)) return;
  GST_ELEMENT_WARNING(element, STREAM, FORMAT,
                      ("The %s cannot be read: no configuration of its codec comes, %s", kind.c_str(), codec.c_str()),
                      (nullptr));
}

}  // namespace rxgst::rtmp
