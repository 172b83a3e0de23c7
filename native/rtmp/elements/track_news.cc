#include "rtmp/elements/track_news.h"

#include <utility>

#include "rtmp/elements/track_format.h"

namespace rxgst::rtmp {

namespace {

constexpr size_t most_unknown = 8;
/** Tracks, and changes of their codecs. */
constexpr size_t most_tellings = 64;

const char* kind_of(const Frame& frame) { return frame.video ? "video" : "audio"; }

void post(GstElement* element, GstStructure* said) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), said));
}

}  // namespace

void TrackNews::tell_unknown(const Frame& frame) {
  const std::string codec = codec_text(frame);
  if (unknown_.size() >= most_unknown || !unknown_.insert(kind_of(frame) + codec).second) return;
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

}  // namespace rxgst::rtmp
