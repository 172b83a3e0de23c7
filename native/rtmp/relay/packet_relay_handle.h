// The PacketRelay that JavaScript holds.
#pragma once
#include <napi.h>

#include <memory>

#include "rtmp/relay/packet_relay.h"

namespace rxgst {

class PacketRelayHandle : public Napi::ObjectWrap<PacketRelayHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PacketRelayHandle(const Napi::CallbackInfo& info);
  ~PacketRelayHandle() override;

  /** Null after close(). */
  std::shared_ptr<rtmp::PacketRelay> relay() const { return relay_; }

 private:
  Napi::Value add_input(const Napi::CallbackInfo& info);
  Napi::Value add_target(const Napi::CallbackInfo& info);
  Napi::Value follow_wish(const Napi::CallbackInfo& info);
  Napi::Value prefer(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value close_connection(const Napi::CallbackInfo& info);
  Napi::Value news(const Napi::CallbackInfo& info);
  Napi::Value input(const Napi::CallbackInfo& info);
  Napi::Value target(const Napi::CallbackInfo& info);
  Napi::Value facts(const Napi::CallbackInfo& info);
  Napi::Value packets(const Napi::CallbackInfo& info);
  Napi::Value fill_picture(const Napi::CallbackInfo& info);
  Napi::Value set_slate(const Napi::CallbackInfo& info);
  Napi::Value start_fill(const Napi::CallbackInfo& info);
  Napi::Value end_fill(const Napi::CallbackInfo& info);
  Napi::Value fill(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void end();

  /** Null after close(). */
  std::shared_ptr<rtmp::PacketRelay> relay_;
  std::shared_ptr<Wakeup> wakeup_;
};

}  // namespace rxgst
