// The turns of the event loop.
#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>

namespace rxgst {

/** nextTurnBy(setImmediate): how this environment calls in the next turn of its event loop. */
Napi::Value next_turn_by(const Napi::CallbackInfo& info);

/** The turns of one environment's event loop. JS thread, and only while the environment lives. */
class Turns {
 public:
  /** null: nextTurnBy() was not called. */
  static std::shared_ptr<Turns> of(napi_env env);
  Turns(napi_env env, napi_value set_immediate);

  /** The number of this turn; 0: unknown, since the environment is ending. Asking costs the loop one short turn more.
   */
  uint64_t now(napi_env env);
  /**
   * Calls `function` with `argument` in the next turn, which comes even if nothing else happens. False: the environment
   * is ending.
   * @param keeps_alive whether the process stays alive for this call
   */
  bool call_in_next(napi_env env, napi_value function, napi_value argument, bool keeps_alive);

 private:
  static napi_value on_end(napi_env env, napi_callback_info info);

  napi_ref set_immediate_ = nullptr;
  napi_ref on_end_ = nullptr;
  uint64_t number_ = 1;
  /** on_end() will be called. */
  bool watched_ = false;
};

}  // namespace rxgst
