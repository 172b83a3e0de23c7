// When the compressed pictures came off the network, to be found again by their timestamp after decoding.
#pragma once
#include <gst/gst.h>

#include <array>
#include <cstdint>
#include <mutex>

#include "js.h"
#include "refs.h"

namespace rxgst {

/** Written by a probe in the demuxer's thread, read in the decoder's. */
class Arrivals {
 public:
  /** From now on every buffer that enters `element`'s sink pad is noted. */
  void watch(GstElement* element) {
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    if (!pad) return;
    const gulong id = gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          const GstClockTime pts = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info));
          if (GST_CLOCK_TIME_IS_VALID(pts)) static_cast<Arrivals*>(self)->note(pts);
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
  PadProbe probe_;
};

}  // namespace rxgst
