// The exports of this room to JavaScript; their types are in src/addon/pipeline.ts.
#pragma once
#include <napi.h>

#include "pipeline/pad_counters.h"
#include "pipeline/pipeline.h"
#include "pipeline/property.h"
#include "pipeline/push_source.h"

namespace rxgst {

inline void register_pipeline(Napi::Env env, Napi::Object exports) {
  // Lives as long as the environment; its destructor must not run in the environment's last moments.
  auto* pipelines = new Napi::FunctionReference(Napi::Persistent(Pipeline::define(env)));
  pipelines->SuppressDestruct();
  exports["build"] = Napi::Function::New(env, build_pipeline, "build", pipelines);
  exports["PushSource"] = PushSource::define(env);
  exports["PadCounter"] = PadCounter::define(env);
  exports["takes"] = Napi::Function::New(env, takes);
}

}  // namespace rxgst
