// The keyframe gate before the decoder: it drops pictures before the first one that can begin a stream.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "capture/arrival_times.h"
#include "capture/input_limits.h"
#include "capture/joining.h"
#include "gst/probe.h"
#include "js/js.h"

namespace rxgst {

/** The gate's probe runs in the demuxer's thread, and shares the ownership of the gate. */
class KeyframeGate : public std::enable_shared_from_this<KeyframeGate> {
 public:
  /**
   * From now on every picture that enters `element`'s sink pad passes the gate. `limits` has read the picture before.
   * `lenient`: every picture passes, and incomplete pictures are shown too.
   */
  PadProbe watch(GstElement* element, std::shared_ptr<LimitsState> limits, bool lenient) {
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    if (!pad) return {};
    limits_ = std::move(limits);
    joining_ = Joining(lenient);
    return PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
                    [gate = shared_from_this()](GstPad*, GstPadProbeInfo* picture) {
                      return gate->on_picture(GST_PAD_PROBE_INFO_BUFFER(picture));
                    });
  }

  /** The arrival times of the pictures that passed. */
  const ArrivalTimes& arrivals() const { return arrivals_; }
  /** Pictures that came before the first one that can begin a stream. Any thread. */
  uint64_t missed() const { return missed_; }
  /**
   * Since when (µs, CLOCK_MONOTONIC) pictures have come without one that can begin a stream; 0: there is no such wait.
   * Any thread.
   */
  int64_t waits_since_us() const { return waits_since_us_; }

 private:
  /**
   * Longer than most groups of pictures. After this wait a picture without references and without a mark begins the
   * stream.
   */
  static constexpr int64_t patience_us = 5'000'000;

  GstPadProbeReturn on_picture(GstBuffer* buffer) {
    const GstClockTime pts = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
    const int64_t now = now_us();
    const int64_t since = waits_since_us_;
    const auto answer = joining_.place(limits_->unit(), limits_->marked(), static_cast<int64_t>(pts),
                                       since > 0 && now - since > patience_us);
    missed_ = joining_.missed();
    if (answer == Joining::Answer::keep_away) {
      if (since == 0) waits_since_us_ = now;
      return GST_PAD_PROBE_DROP;
    }
    if (!joining_.waits()) waits_since_us_ = 0;
    if (GST_BUFFER_PTS_IS_VALID(buffer)) arrivals_.note(pts, {now, answer == Joining::Answer::show});
    return GST_PAD_PROBE_OK;
  }

  ArrivalTimes arrivals_;
  std::atomic<uint64_t> missed_{0};
  std::atomic<int64_t> waits_since_us_{0};
  // Demuxer's thread only.
  Joining joining_;
  std::shared_ptr<LimitsState> limits_;
};

}  // namespace rxgst
