// Keeps the last keyframe of a stream as it came, so that a stream which is not decoded can be looked at.
#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>

#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {

struct EncodedPicture {
  BufferRef packet;  // null: none has come
  CapsRef caps;
  int64_t at_us = 0;  // CLOCK_MONOTONIC
};

/** The streaming thread's half of a KeyframeKeeper. */
class KeptKeyframe {
 public:
  /** Streaming thread. Keeps the buffer, and copies nothing; one that is too large leaves none. */
  void see(GstPad* pad, GstBuffer* buffer);
  /** Any thread: references of its own. */
  EncodedPicture picture();

 private:
  std::mutex mutex_;
  EncodedPicture picture_;  // guarded by mutex_
};

class KeyframeKeeper : public Napi::ObjectWrap<KeyframeKeeper> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit KeyframeKeeper(const Napi::CallbackInfo& info);
  std::shared_ptr<KeptKeyframe> state() const { return state_; }

 private:
  Napi::Value age(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<KeptKeyframe> state_ = std::make_shared<KeptKeyframe>();
  PadProbe probe_;
};

}  // namespace rxgst
