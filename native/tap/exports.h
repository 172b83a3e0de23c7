// What this room exports to JavaScript; its types are in src/addon/tap.ts.
#pragma once
#include <napi.h>

#include "tap/audio_tap.h"
#include "tap/frame_pool.h"
#include "tap/packet_tap.h"
#include "tap/video_tap.h"

namespace rxgst {

inline void register_tap(Napi::Env env, Napi::Object exports) {
  exports["FrameAccount"] = FrameAccountHandle::define(env);
  exports["VideoTap"] = VideoTap::define(env);
  exports["AudioTap"] = AudioTap::define(env);
  exports["PacketTap"] = PacketTap::define(env);
  exports["frameFields"] = frame_fields_table(env);
  exports["audioFields"] = audio_fields_table(env);
  exports["endLease"] = Napi::Function::New(env, end_lease);
  exports["framePool"] = Napi::Function::New(env, frame_pool_stats);
  exports["setFramePoolLimit"] = Napi::Function::New(env, set_frame_pool_limit);
}

}  // namespace rxgst
