// The exports of this room to JavaScript; their types are in src/addon/tap.ts.
#pragma once
#include <napi.h>

#include "tap/audio_tap.h"
#include "tap/frame_pool.h"
#include "tap/moved_frames.h"
#include "tap/packet_tap.h"
#include "tap/share/picture_share.h"
#include "tap/video_tap.h"
#include "tap/video_view.h"

namespace rxgst {

inline void register_tap(Napi::Env env, Napi::Object exports) {
  exports["FrameAccount"] = FrameAccountHandle::define(env);
  exports["VideoTap"] = VideoTap::define(env);
  exports["VideoView"] = VideoView::define(env);
  exports["PictureShare"] = share::PictureShare::define(env);
  exports["AudioTap"] = AudioTap::define(env);
  exports["PacketTap"] = PacketTap::define(env);
  exports["frameFields"] = frame_fields_table(env);
  exports["audioFields"] = audio_fields_table(env);
  exports["frameCaptions"] = Napi::Function::New(env, frame_captions);
  exports["endLease"] = Napi::Function::New(env, end_lease);
  exports["moveFrame"] = Napi::Function::New(env, move_frame);
  exports["takeFrame"] = Napi::Function::New(env, take_frame);
  exports["dropMoved"] = Napi::Function::New(env, drop_moved);
  exports["framePool"] = Napi::Function::New(env, frame_pool_stats);
  exports["setFramePoolLimit"] = Napi::Function::New(env, set_frame_pool_limit);
}

}  // namespace rxgst
