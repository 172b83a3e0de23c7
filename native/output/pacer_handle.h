// The Pacer that JavaScript holds.
#pragma once
#include <napi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <thread>

#include "gst/probe.h"
#include "output/pacer.h"

namespace rxgst {

class Pacer : public Napi::ObjectWrap<Pacer> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Pacer(const Napi::CallbackInfo& info);
  ~Pacer() override;
  /** Null after close(). */
  std::shared_ptr<AcceptedTimes> accepted() const { return state_ ? state_->accepted : nullptr; }

 private:
  Napi::Value start(const Napi::CallbackInfo& info);
  Napi::Value stamp(const Napi::CallbackInfo& info);
  Napi::Value write_captions_into(const Napi::CallbackInfo& info);
  Napi::Value open(const Napi::CallbackInfo& info);
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value detach(const Napi::CallbackInfo& info);
  Napi::Value shut(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value keyframe_time(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value reject(const Napi::CallbackInfo& info);
  Napi::Value failure(const Napi::CallbackInfo& info);
  Napi::Value fill_after(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value set_slate(const Napi::CallbackInfo& info);
  Napi::Value set_overlays(const Napi::CallbackInfo& info);
  Napi::Value snapshot(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<PacerState> state_;
  std::thread thread_;
  std::map<uint32_t, PadProbe> stamp_probes_;    // by outlet: on the packets of its present encoder
  std::map<uint32_t, PadProbe> caption_probes_;  // likewise
  bool stamps_ = false;
};

}  // namespace rxgst
