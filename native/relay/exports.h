// The exports of this room to JavaScript; their types are in src/addon/relay.ts.
#pragma once
#include <napi.h>

#include "relay/packet_input.h"
#include "relay/relay_fanout.h"

namespace rxgst {

inline void register_relay(Napi::Env env, Napi::Object exports) {
  exports["PacketInput"] = relay::PacketInput::define(env);
  exports["RelayFanout"] = relay::RelayFanout::define(env);
}

}  // namespace rxgst
