// The gate before the decoder: when compressed pictures came off the network, and none before the first keyframe.
#pragma once
#include <gst/gst.h>

#include <array>
#include <cstdint>
#include <mutex>

#include "js.h"
#include "refs.h"

namespace rxgst {

/**
 * Written by a probe in the demuxer's thread, read in the decoder's. A player that joins in the middle of a GOP gets
 * pictures whose references it never saw; a decoder would show them grey and smeared, so they end here.
 */
class Arrivals {
 public:
  /** From now on every buffer that enters `element`'s sink pad is noted. */
  void watch(GstElement* element) {
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    if (!pad) return;
    const gulong id = gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          auto& arrivals = *static_cast<Arrivals*>(self);
          GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
          if (!arrivals.begun_) {
            if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) return GST_PAD_PROBE_DROP;
            arrivals.begun_ = true;
          }
          if (GST_BUFFER_PTS_IS_VALID(buffer)) arrivals.note(GST_BUFFER_PTS(buffer));
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
    probe_ = PadProbe(std::move(pad), id);
  }

  /** The arrival of the picture with this timestamp, µs; now, where none was noted. */
  int64_t of(GstClockTime pts) {
    std::lock_guard lock(mutex_);
    for (size_t back = 1; back <= ring_.size(); ++back) {
      const Entry& entry = ring_[(next_ - back) % ring_.size()];
      if (entry.pts == pts) return entry.at;
    }
    return now_us();
  }

 private:
  void note(GstClockTime pts) {
    std::lock_guard lock(mutex_);
    ring_[next_++ % ring_.size()] = {pts, now_us()};
  }

  struct Entry {
    GstClockTime pts = GST_CLOCK_TIME_NONE;
    int64_t at = 0;
  };
  std::mutex mutex_;
  // A decoder holds at most 16 reference frames and one per thread; 128 leaves room for both.
  std::array<Entry, 128> ring_{};
  size_t next_ = 1 << 20;
  bool begun_ = false;  // demuxer's thread only
  PadProbe probe_;
};

}  // namespace rxgst
