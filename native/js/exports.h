// The exports of this room to JavaScript; their types are in src/addon/js.ts.
#pragma once
#include <napi.h>

#include "js/changes.h"
#include "js/keep_loaded.h"

namespace rxgst {

inline void register_js(Napi::Env env, Napi::Object exports) {
  exports["Changes"] = Changes::define(env);
  exports["changeBits"] = change_table(env);
  exports["keepLoaded"] = Napi::Function::New(env, keep_loaded_of);
}

}  // namespace rxgst
