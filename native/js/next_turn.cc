#include "js/next_turn.h"

#include <map>
#include <mutex>

namespace rxgst {
namespace {

std::mutex immediates_mutex;
/** setImmediate of each environment. Never freed: environments may end while the process does. */
auto& immediates = *new std::map<napi_env, napi_ref>();

/** null: none. */
napi_value immediate_of(napi_env env) {
  std::lock_guard lock(immediates_mutex);
  const auto found = immediates.find(env);
  napi_value function = nullptr;
  if (found != immediates.end()) napi_get_reference_value(env, found->second, &function);
  return function;
}

void unref(napi_env env, napi_value immediate) {
  napi_value function = nullptr;
  napi_value result = nullptr;
  if (napi_get_named_property(env, immediate, "unref", &function) == napi_ok)
    napi_call_function(env, immediate, function, 0, nullptr, &result);
}

}  // namespace

Napi::Value next_turn_by(const Napi::CallbackInfo& info) {
  napi_env env = info.Env();
  napi_ref reference = nullptr;
  if (napi_create_reference(env, info[0], 1, &reference) == napi_ok) {
    std::lock_guard lock(immediates_mutex);
    if (immediates.insert_or_assign(env, reference).second) {
      napi_add_env_cleanup_hook(
          env,
          [](void* ending) {
            std::lock_guard lock(immediates_mutex);
            immediates.erase(static_cast<napi_env>(ending));
          },
          env);
    }
  }
  return info.Env().Undefined();
}

bool in_next_turn(napi_env env, napi_value function, napi_value argument, bool keeps_alive) {
  napi_value set_immediate = immediate_of(env);
  napi_value undefined = nullptr;
  if (!set_immediate || napi_get_undefined(env, &undefined) != napi_ok) return false;
  const napi_value arguments[] = {function, argument};
  napi_value immediate = nullptr;
  if (napi_call_function(env, undefined, set_immediate, 2, arguments, &immediate) == napi_ok) {
    if (!keeps_alive) unref(env, immediate);
    return true;
  }
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  return false;
}

}  // namespace rxgst
