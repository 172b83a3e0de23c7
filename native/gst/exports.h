// The exports of this room to JavaScript; their types are in src/addon/gst.ts.
#pragma once
#include <napi.h>

#include "gst/card_probe.h"
#include "gst/device_context.h"
#include "gst/library.h"
#include "gst/live_objects.h"
#include "gst/registry.h"

namespace rxgst {

inline void register_gst(Napi::Env env, Napi::Object exports) {
  exports["gstreamer"] = Napi::Function::New(env, gstreamer_version);
  exports["startGStreamer"] = Napi::Function::New(env, start_gstreamer);
  exports["elementNames"] = Napi::Function::New(env, element_names);
  exports["loadFactories"] = Napi::Function::New(env, load_factories);
  exports["elementType"] = Napi::Function::New(env, element_type);
  exports["liveObjects"] = Napi::Function::New(env, live_objects);
  exports["libraryError"] = Napi::Function::New(env, library_error);
  exports["cudaError"] = Napi::Function::New(env, cuda_error);
  exports["vaError"] = Napi::Function::New(env, va_error);
  exports["forgetContexts"] = Napi::Function::New(env, forget_contexts_of);
}

}  // namespace rxgst
