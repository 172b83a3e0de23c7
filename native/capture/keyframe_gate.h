// The gate before the decoder: what comes before a picture to begin with stays outside.
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

/** Its probe runs in the demuxer's thread, and owns a share of it. */
class KeyframeGate : public std::enable_shared_from_this<KeyframeGate> {
 public:
  /**
   * From now on every picture that enters `element`'s sink pad passes the gate, behind `limits`, which have read it.
   * `lenient`: all pass, and also those that are not whole are shown.
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

  /** Of the pictures that passed. */
  const ArrivalTimes& arrivals() const { return arrivals_; }
  /** Pictures that came before one to begin with. Any thread. */
  uint64_t missed() const { return missed_; }
  /** Since when pictures have come without one to begin with, µs; 0: they have not. Any thread. */
  int64_t waits_since() const { return waits_since_; }

 private:
  /** Longer than groups of pictures are: from then on a picture without references that nobody marks is a beginning. */
  static constexpr int64_t late_us = 5'000'000;

  GstPadProbeReturn on_picture(GstBuffer* buffer) {
    const GstClockTime pts = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
    const int64_t now = now_us();
    const int64_t since = waits_since_;
    const auto answer = joining_.place(limits_->unit(), limits_->marked(), static_cast<int64_t>(pts),
                                       since > 0 && now - since > late_us);
    missed_ = joining_.missed();
    if (answer == Joining::Answer::keep_away) {
      if (since == 0) waits_since_ = now;
      return GST_PAD_PROBE_DROP;
    }
    if (!joining_.waits()) waits_since_ = 0;
    if (GST_BUFFER_PTS_IS_VALID(buffer)) arrivals_.note(pts, {now, answer == Joining::Answer::show});
    return GST_PAD_PROBE_OK;
  }

  ArrivalTimes arrivals_;
  std::atomic<uint64_t> missed_{0};
  std::atomic<int64_t> waits_since_{0};
  // Demuxer's thread only.
  Joining joining_;
  std::shared_ptr<LimitsState> limits_;
};

}  // namespace rxgst
