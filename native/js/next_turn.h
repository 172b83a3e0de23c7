// Calls in the next turn of the event loop.
#pragma once
#include <napi.h>

namespace rxgst {

/** nextTurnBy(setImmediate): how this environment calls in the next turn of its event loop. */
Napi::Value next_turn_by(const Napi::CallbackInfo& info);

/**
 * JS thread: calls `function` with `argument` in the next turn, which comes even if nothing else happens. False: the
 * environment has no setImmediate, or is ending.
 * @param keeps_alive whether the process stays alive for this call
 */
bool in_next_turn(napi_env env, napi_value function, napi_value argument, bool keeps_alive);

}  // namespace rxgst
