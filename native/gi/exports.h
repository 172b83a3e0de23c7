// The exports of this room to JavaScript; their types are in src/addon/gi.ts.
#pragma once
#include <napi.h>

#include "gi/door.h"

namespace rxgst {

inline void register_gi(Napi::Env env, Napi::Object exports) {
  exports["openDoor"] = Napi::Function::New(env, open_door);
}

}  // namespace rxgst
