// The exports of this room to JavaScript; their types are in src/addon/meter.ts.
#pragma once
#include <napi.h>

#include "meter/meter.h"
#include "meter/pad_times.h"

namespace rxgst {

inline void register_meter(Napi::Env env, Napi::Object exports) {
  exports["PadTimes"] = PadTimes::define(env);
  exports["Meter"] = Meter::define(env);
  exports["meterStates"] = Napi::Function::New(env, meter_states);
}

}  // namespace rxgst
