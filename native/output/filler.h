// Fills a constant bitrate: adds filler data (H.264 7.3.2.7, H.265 7.3.2.8; AV1's padding, 5.7) where the encoder
// leaves room.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "gst/probe.h"
#include "gst/refs.h"
#include "h264/filling.h"
#include "js/js.h"
#include "output/unit_syntax.h"

namespace rxgst {

/** Filler data of exactly `size` bytes, its length of 4 bytes included. */
BufferRef filler(size_t size, UnitSyntax syntax);

struct FillerState {
  std::atomic<int64_t> bitrate{0};
  std::atomic<uint64_t> bytes{0};
  // The next encoders, after a rebuild, call from another thread.
  std::mutex mutex;
  Filling filling;  // guarded by mutex
};

class Filler : public Napi::ObjectWrap<Filler> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Filler(const Napi::CallbackInfo& info);

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value set_bitrate(const Napi::CallbackInfo& info);
  Napi::Value bytes(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<FillerState> state_ = std::make_shared<FillerState>();
  PadProbe probe_;  // on the packets of the present encoders
};

}  // namespace rxgst
