// The exports of this room to JavaScript; their types are in src/addon/js.ts.
#pragma once
#include <napi.h>

#include "js/changes.h"
#include "js/keep_loaded.h"
#include "js/next_turn.h"

namespace rxgst {

inline void register_js(Napi::Env env, Napi::Object exports) {
  exports["Changes"] = Changes::define(env);
  exports["changeBits"] = change_table(env);
  exports["nextTurnBy"] = Napi::Function::New(env, next_turn_by);
  exports["keepLoaded"] = Napi::Function::New(env, keep_loaded_of);
}

}  // namespace rxgst
