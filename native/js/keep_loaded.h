// Libraries that outlive the thread that loaded them.
#pragma once
#include <napi.h>

namespace rxgst {

/** keepLoaded(): the addons that are loaded now stay so when the worker that loaded them ends. */
Napi::Value keep_loaded(const Napi::CallbackInfo& info);

}  // namespace rxgst
