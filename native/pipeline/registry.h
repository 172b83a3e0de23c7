// GStreamer's registry: plugins, the elements in them, and what these take.
#pragma once
#include <napi.h>

namespace rxgst {

Napi::Value load_factories(const Napi::CallbackInfo& info);
Napi::Value element_type(const Napi::CallbackInfo& info);
Napi::Value takes(const Napi::CallbackInfo& info);

}  // namespace rxgst
