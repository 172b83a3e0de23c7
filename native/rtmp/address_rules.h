// What JavaScript says of the addresses that may be connected.
#pragma once
#include <napi.h>

namespace rxgst::rtmp {

/** refusePrivateAddresses(refuse, except) */
Napi::Value refuse_private_addresses_of(const Napi::CallbackInfo& info);
/** privateAddressesRefused(place) */
Napi::Value private_addresses_refused_at(const Napi::CallbackInfo& info);

}  // namespace rxgst::rtmp
