#include "timeline.h"

namespace rxgst {

Napi::Function Timeline::define(Napi::Env env) { return DefineClass(env, "Timeline", {}); }

}  // namespace rxgst
