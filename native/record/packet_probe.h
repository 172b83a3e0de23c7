// The packets of a pipeline for listeners: of a capture, behind its parsers.
#pragma once
#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "gst/probe.h"
#include "mux/packet_listener.h"
#include "record/other_sound.h"

namespace rxgst::record {

/** Those who listen now. */
struct Audience {
  std::atomic<bool> some{false};
  std::mutex mutex;
  std::vector<mux::ListenerRef> listeners;  // guarded by mutex
};

class PacketProbe : public Napi::ObjectWrap<PacketProbe> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PacketProbe(const Napi::CallbackInfo& info);

 private:
  Napi::Value other_sound(const Napi::CallbackInfo& info);
  Napi::Value pour(const Napi::CallbackInfo& info);
  Napi::Value dropped_sound(const Napi::CallbackInfo& info);
  Napi::Value listen(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<Audience> audience_ = std::make_shared<Audience>();
  const std::shared_ptr<OtherSound> other_sound_ = std::make_shared<OtherSound>();
  std::vector<PadProbe> probes_;
};

}  // namespace rxgst::record
