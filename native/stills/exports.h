// The exports of this room to JavaScript; their types are in src/addon/stills.ts.
#pragma once
#include <napi.h>

#include "stills/keyframe_keeper.h"
#include "stills/overlay_picture.h"
#include "stills/still_desk.h"

namespace rxgst {

inline void register_stills(Napi::Env env, Napi::Object exports) {
  exports["StillDesk"] = StillDesk::define(env);
  exports["OverlayPicture"] = OverlayPicture::define(env);
  exports["KeyframeKeeper"] = KeyframeKeeper::define(env);
}

}  // namespace rxgst
