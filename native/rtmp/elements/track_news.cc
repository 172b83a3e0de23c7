#include "rtmp/elements/track_news.h"

#include <utility>

#include "js/js.h"
#include "rtmp/elements/track_format.h"

namespace rxgst::rtmp {

namespace {

constexpr size_t most_told = 8;
/** A configuration comes before its media, in servers that have one. */
constexpr int64_t longest_unconfigured_us = 2'000'000;
/** Tracks, and changes of their codecs. */
constexpr size_t most_tellings = 64;

const char* kind_of(const Frame& frame) { return frame.video ? "video" : "audio"; }

void post(GstElement* element, GstStructure* said) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), said));
}

}  // namespace

bool TrackNews::is_new(const std::string& what) { return told_.size() < most_told && told_.insert(what).second; }

void TrackNews::tell_unknown(const Frame& frame) {
  const std::string codec = codec_text(frame);
  if (!is_new(kind_of(frame) + codec)) return;
  post(element_, gst_structure_new("rxgst-codec", "kind", G_TYPE_STRING, kind_of(frame), "codec", G_TYPE_STRING,
                                   codec.c_str(), "refused", G_TYPE_BOOLEAN, FALSE, nullptr));
}

void TrackNews::tell_track(const Frame& frame) {
  const uint32_t codec = frame.enhanced ? frame.four_cc : static_cast<uint32_t>(frame.codec_id);
  const auto [known, is_new] = codecs_.try_emplace(frame.video << 8 | frame.track, codec);
  if (!is_new && std::exchange(known->second, codec) == codec) return;
  if (++tellings_ > most_tellings) return;
  post(element_,
       gst_structure_new("rxgst-track", "kind", G_TYPE_STRING, kind_of(frame), "track", G_TYPE_INT,
                         static_cast<int>(frame.track), "codec", G_TYPE_STRING, codec_text(frame).c_str(), nullptr));
}

void TrackNews::tell_unusable(const Frame& frame) {
  const std::string codec = codec_text(frame);
  if (!is_new("record" + codec)) return;
  GST_ELEMENT_WARNING(element_, STREAM, FORMAT,
                      ("A configuration record of %s (%" G_GSIZE_FORMAT " bytes) is none: it and its like are left out",
                       codec.c_str(), frame.payload.size()),
                      (nullptr));
}

bool TrackNews::note_unconfigured(const Frame& frame, int64_t* since_us) {
  if (*since_us == 0) *since_us = now_us();
  if (now_us() - *since_us < longest_unconfigured_us) return false;
  const std::string codec = codec_text(frame), kind = frame.video ? "pictures" : "sound";
  if (is_new(kind + codec)) {
    GST_ELEMENT_WARNING(element_, STREAM, FORMAT,
                        ("The %s cannot be read: no configuration of its codec comes, %s", kind.c_str(), codec.c_str()),
                        (nullptr));
  }
  return true;
}

}  // namespace rxgst::rtmp
