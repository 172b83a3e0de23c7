#include "rtmp/address_rules.h"

#include <set>
#include <string>
#include <utility>

#include "rtmp/io/private_addresses.h"
#include "rtmp/sockets.h"

namespace rxgst::rtmp {

Napi::Value refuse_private_addresses_of(const Napi::CallbackInfo& info) {
  const bool refuse = info[0].As<Napi::Boolean>();
  const auto given = info[1].As<Napi::Array>();
  std::set<std::string> places;
  for (uint32_t i = 0; i < given.Length(); ++i) places.insert(given.Get(i).As<Napi::String>().Utf8Value());
  if (refuse) watch_clients();
  refuse_private_addresses(refuse, std::move(places));
  return info.Env().Undefined();
}

Napi::Value private_addresses_refused_at(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), private_addresses_refused(info[0].As<Napi::String>()));
}

}  // namespace rxgst::rtmp
