// What an rxrtmpsrc tells of the tracks of its stream, in element messages.
#pragma once
#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/** Each piece of news once, and so many at most: a peer may invent tracks and codecs. One thread at a time. */
class TrackNews {
 public:
  explicit TrackNews(GstElement* element) : element_(element) {}
  /** `rxgst-codec`: a codec that nobody knows. */
  void tell_unknown(const Frame& frame);
  /** `rxgst-track`: a track that is new, or has another codec now. */
  void tell_track(const Frame& frame);
  /** A warning: a configuration record that is none. */
  void tell_unusable(const Frame& frame);
  /**
   * A warning where media come for long that no configuration goes with; true: they do.
   * @param since_us of the track: when the first of them came; 0: now
   */
  bool note_unconfigured(const Frame& frame, int64_t* since_us);

 private:
  /** Whether this of a codec is to be told: each thing once, and of a few codecs alone. */
  bool is_new(const std::string& what);

  GstElement* const element_;
  std::set<std::string> told_;
  /** Codecs by kind and number of the track. */
  std::map<int, uint32_t> codecs_;
  size_t tellings_ = 0;
};

}  // namespace rxgst::rtmp
