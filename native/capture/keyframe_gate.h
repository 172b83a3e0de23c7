// The gate before the decoder: when compressed pictures came off the network, and which of them will be shown.
#pragma once
#include <gst/gst.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "capture/input_limits.h"
#include "capture/joining.h"
#include "gst/refs.h"
#include "js/js.h"

namespace rxgst {

/** Written by a probe in the demuxer's thread, read in the decoder's. The probe owns a share of it: removing waits for
 * none. */
class Arrivals : public std::enable_shared_from_this<Arrivals> {
 public:
  struct Arrival {
    int64_t at;  // µs
    bool shown;  // false: it is decoded for those that refer to it
  };

  /**
   * From now on every picture that enters `element`'s sink pad is noted, behind `limits`, which have read it.
   * `lenient`: also those that are not whole are shown.
   */
  PadProbe watch(GstElement* element, std::shared_ptr<LimitsState> limits, bool lenient) {
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    if (!pad) return {};
    limits_ = std::move(limits);
    joining_ = Joining(lenient);
    using Shared = std::shared_ptr<Arrivals>;
    const gulong id = gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
          return (*static_cast<Shared*>(data))->on_picture(GST_PAD_PROBE_INFO_BUFFER(info));
        },
        new Shared(shared_from_this()), [](gpointer data) { delete static_cast<Shared*>(data); });
    return PadProbe(std::move(pad), id);
  }

  /** Of the picture with this timestamp; now, where none was noted. */
  Arrival of(GstClockTime pts) {
    std::lock_guard lock(mutex_);
    for (size_t back = 1; back <= ring_.size(); ++back) {
      const Entry& entry = ring_[(next_ - back) % ring_.size()];
      if (entry.pts == pts) return entry.arrival;
    }
    return {now_us(), true};
  }

  /** Pictures that came before one to begin with. Any thread. */
  uint64_t missed() const { return missed_; }
  /** Since when pictures have come without one to begin with, µs; 0: they have not. Any thread. */
  int64_t waits_since() const { return waits_since_; }

 private:
  /** Longer than groups of pictures are: from then on a picture without references that nobody marks is a beginning. */
  static constexpr int64_t late = 5'000'000;

  GstPadProbeReturn on_picture(GstBuffer* buffer) {
    const GstClockTime pts = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
    const int64_t now = now_us();
    const int64_t since = waits_since_;
    const auto answer =
        joining_.place(limits_->unit(), limits_->marked(), static_cast<int64_t>(pts), since > 0 && now - since > late);
    missed_ = joining_.missed();
    if (answer == Joining::Answer::keep_away) {
      if (since == 0) waits_since_ = now;
      return GST_PAD_PROBE_DROP;
    }
    if (!joining_.waits()) waits_since_ = 0;
    if (GST_BUFFER_PTS_IS_VALID(buffer)) note(pts, {now, answer == Joining::Answer::show});
    return GST_PAD_PROBE_OK;
  }

  void note(GstClockTime pts, Arrival arrival) {
    std::lock_guard lock(mutex_);
    ring_[next_++ % ring_.size()] = {pts, arrival};
  }

  struct Entry {
    GstClockTime pts = GST_CLOCK_TIME_NONE;
    Arrival arrival{};
  };
  std::mutex mutex_;
  // A decoder holds at most 16 reference frames and one per thread; 128 leaves room for both.
  std::array<Entry, 128> ring_{};
  size_t next_ = 1 << 20;
  std::atomic<uint64_t> missed_{0};
  std::atomic<int64_t> waits_since_{0};
  // Demuxer's thread only.
  Joining joining_;
  std::shared_ptr<LimitsState> limits_;
};

}  // namespace rxgst
