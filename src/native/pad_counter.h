// A pad probe that counts: what monitors and watchdogs read.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <memory>

#include "js.h"
#include "refs.h"

namespace rxgst {

struct PadCounts {
  std::atomic<uint64_t> buffers{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> keyframes{0};
  std::atomic<int64_t> last_timestamp{-1};  // ns
  std::atomic<int64_t> last_arrival{-1};    // µs, CLOCK_MONOTONIC
  std::atomic<bool> ended{false};
};

class PadCounter : public Napi::ObjectWrap<PadCounter> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PadCounter(const Napi::CallbackInfo& info);

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value buffers(const Napi::CallbackInfo& info);
  Napi::Value ended(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<PadCounts> counts_ = std::make_shared<PadCounts>();
  ObjectRef<GstPad> pad_;
  PadProbe probe_;
};

}  // namespace rxgst
