// When compressed pictures came off the network, found again behind the decoder.
#pragma once
#include <gst/gst.h>

#include <cstdint>

#include "gst/picture_times.h"
#include "js/js.h"

namespace rxgst {

struct Arrival {
  int64_t at = 0;     // µs
  bool shown = true;  // false: it is decoded for those that refer to it
};

/** Written by the demuxer's thread, read by the decoder's. */
class ArrivalTimes {
 public:
  void note(GstClockTime pts, Arrival arrival) { notes_.note(static_cast<int64_t>(pts), arrival); }
  /** Of the picture with this timestamp; now, where none was noted. */
  Arrival of(GstClockTime pts) const {
    const auto found = notes_.of(static_cast<int64_t>(pts));
    return found ? *found : Arrival{now_us(), true};
  }

 private:
  // A decoder holds at most 16 reference frames and one per thread; 128 leaves room for both.
  PictureNotes<Arrival, 128> notes_;
};

}  // namespace rxgst
