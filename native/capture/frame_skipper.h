// Pictures that the wanted frame rate does without end before the decoder.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <memory>

#include "capture/skip_policy.h"
#include "capture/timeline.h"
#include "gst/probe.h"

namespace rxgst {

/** Streaming thread only, but for `dropped`. */
class FrameSkipperState {
 public:
  FrameSkipperState(std::shared_ptr<TimelineState> timeline, Slots slots, size_t behind)
      : timeline_(std::move(timeline)), policy_(slots, behind) {}

  GstPadProbeReturn on_picture(GstBuffer* buffer);
  void on_event(GstEvent* event);
  uint64_t dropped() const { return dropped_; }

 private:
  bool needless(GstBuffer* buffer);

  const std::shared_ptr<TimelineState> timeline_;
  SkipPolicy policy_;
  GstSegment segment_{};
  bool in_time_ = false;  // the segment counts time
  int length_size_ = 0;   // bytes of a NAL unit's length; 0: the stream is of another kind, and left alone
  uint32_t jumps_ = 0;
  std::atomic<uint64_t> dropped_{0};
};

/** What JS holds. */
class FrameSkipper : public Napi::ObjectWrap<FrameSkipper> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit FrameSkipper(const Napi::CallbackInfo& info);

 private:
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<FrameSkipperState> state_;
  PadProbe probe_;
};

}  // namespace rxgst
