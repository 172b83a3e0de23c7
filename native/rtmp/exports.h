// The exports of this room to JavaScript; their types are in src/addon/rtmp.ts.
#pragma once
#include <napi.h>

#include "gst/library.h"
#include "rtmp/address_rules.h"
#include "rtmp/elements/elements.h"
#include "rtmp/librtmp_relay.h"
#include "rtmp/relay/packet_relay_handle.h"
#include "rtmp/transport.h"

namespace rxgst {

inline void register_rtmp(Napi::Env env, Napi::Object exports) {
  at_beginning(rtmp::register_elements);
  exports["RtmpRelay"] = RtmpRelay::define(env);
  exports["PacketRelay"] = PacketRelayHandle::define(env);
  exports["transportStats"] = Napi::Function::New(env, transport_stats);
  exports["refusePrivateAddresses"] = Napi::Function::New(env, rtmp::refuse_private_addresses_of);
  exports["privateAddressesRefused"] = Napi::Function::New(env, rtmp::private_addresses_refused_at);
  exports["acknowledgePromptly"] = Napi::Function::New(env, acknowledge_promptly_of);
}

}  // namespace rxgst
