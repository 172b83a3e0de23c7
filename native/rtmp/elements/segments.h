// What the times of the wire are to a clock: segments of the tracks of one stream.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace rxgst::rtmp {

/** Of one track. */
struct TrackTimes {
  std::optional<GstSegment> segment;
  /** Of the segment; tracks that go together have the same. */
  uint32_t serial = 0;
  int64_t last_ns = 0, last_us = 0;
  /** The publisher came back: it may count anew. */
  bool may_begin_anew = false;
};

/**
 * A stream's times begin anywhere. They jump where a publisher comes back or a server goes over to another file, and
 * may be years apart on two tracks. Whatever jumps goes on at the running time of now; tracks that jump to the same
 * place stay together.
 */
class Segments {
 public:
  /**
   * @param at_ns what comes next on the track
   * @param running_ns the running time of now
   * @return whether the track has another segment than before
   */
  bool follow(TrackTimes* track, int64_t at_ns, int64_t now_us, int64_t running_ns);
  /** For what says nothing of the stream's time by itself: the segment of the others. @return as `follow` */
  bool join(TrackTimes* track, int64_t at_ns, int64_t now_us, int64_t running_ns);
  /** A time that lies in the stream: the last one of the others where the given one is far away. */
  int64_t near_ns(int64_t at_ns) const;

 private:
  bool fits(int64_t at_ns) const;
  void adopt(TrackTimes* track) const;

  std::optional<GstSegment> shared_;
  uint32_t serial_ = 0;
  int64_t last_ns_ = 0, furthest_ns_ = 0;
};

}  // namespace rxgst::rtmp
