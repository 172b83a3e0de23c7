// The exports of this room to JavaScript; their types are in src/addon/record.ts.
#pragma once
#include <napi.h>

#include "record/flv_tap.h"
#include "record/packet_probe.h"
#include "record/recorder.h"

namespace rxgst {

inline void register_record(Napi::Env env, Napi::Object exports) {
  exports["Recorder"] = record::Recorder::define(env);
  exports["FlvTap"] = record::FlvTap::define(env);
  exports["PacketProbe"] = record::PacketProbe::define(env);
}

}  // namespace rxgst
