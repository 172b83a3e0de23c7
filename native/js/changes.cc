#include "js/changes.h"

namespace rxgst {

Napi::Function Changes::define(Napi::Env env) {
  return DefineClass(env, "Changes",
                     {InstanceMethod("take", &Changes::take), InstanceMethod("wakeFor", &Changes::wake_for),
                      InstanceMethod("close", &Changes::close)});
}

/** new Changes(onWake): `onWake` gets the bits that have come up since it was last called. */
Changes::Changes(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Changes>(info) {
  wakeup_ = Wakeup::create(info.Env(), info[0].As<Napi::Function>(), "rxgst changes");
}

Changes::~Changes() {
  if (wakeup_) wakeup_->close();
}

std::shared_ptr<Wakeup> Changes::wakeup_of(const Napi::Value& value) {
  return Unwrap(value.As<Napi::Object>())->wakeup_;
}

/** take(): the bits that have not been told yet. */
Napi::Value Changes::take(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), wakeup_->take()); }

/** wakeFor(changes): these wake JavaScript; others are told with the next that does. */
Napi::Value Changes::wake_for(const Napi::CallbackInfo& info) {
  wakeup_->wake_for(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

Napi::Value Changes::close(const Napi::CallbackInfo& info) {
  wakeup_->close();
  return info.Env().Undefined();
}

Napi::Object change_table(Napi::Env env) {
  auto table = Napi::Object::New(env);
  table["frames"] = static_cast<uint32_t>(change_frames);
  table["audio"] = static_cast<uint32_t>(change_audio);
  table["packets"] = static_cast<uint32_t>(change_packets);
  table["info"] = static_cast<uint32_t>(change_info);
  table["held"] = static_cast<uint32_t>(change_held);
  table["mistimed"] = static_cast<uint32_t>(change_mistimed);
  table["ended"] = static_cast<uint32_t>(change_ended);
  table["wrong"] = static_cast<uint32_t>(change_wrong);
  return table;
}

}  // namespace rxgst
