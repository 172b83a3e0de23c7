// What an rxrtmpsrc says of codecs that it cannot give on.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <set>
#include <string>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/** Says each thing once, and of a few codecs alone: a peer may invent them. */
class CodecNews {
 public:
  /** The element message `rxgst-codec`: a codec that nobody knows. */
  void tell_unknown(GstElement* element, const Frame& frame);
  /**
   * A warning where media come for long that no configuration goes with.
   * @param since_us of the track: when the first of them came; 0: now
   */
  void note_unconfigured(GstElement* element, const Frame& frame, int64_t* since_us);

 private:
  bool is_new(const std::string& what);

  std::set<std::string> told_;
};

}  // namespace rxgst::rtmp
