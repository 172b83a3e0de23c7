// The arrival times of compressed pictures, found again by timestamp behind the decoder.
#pragma once
#include <gst/gst.h>

#include <cstdint>

#include "gst/picture_times.h"
#include "js/js.h"

namespace rxgst {

struct Arrival {
  int64_t at_us = 0;  // CLOCK_MONOTONIC
  bool shown = true;  // false: decoded only as a reference of other pictures
};

/** The demuxer's thread writes, the decoder's thread reads. */
class ArrivalTimes {
 public:
  void note(GstClockTime pts, Arrival arrival) { notes_.note(static_cast<int64_t>(pts), arrival); }
  /** The arrival of the picture with this timestamp; the present time if none was noted. */
  Arrival of(GstClockTime pts) const {
    const auto found = notes_.of(static_cast<int64_t>(pts));
    return found ? *found : Arrival{now_us(), true};
  }

 private:
  // A decoder holds at most 16 reference frames and one frame per thread; 128 leaves room for both.
  PictureNotes<Arrival, 128> notes_;
};

}  // namespace rxgst
