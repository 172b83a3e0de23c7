#include "js/next_turn.h"

#include <map>
#include <mutex>

namespace rxgst {
namespace {

std::mutex all_mutex;
/** Of each environment. Never freed: environments may end while the process does. */
auto& all = *new std::map<napi_env, std::shared_ptr<Turns>>();

napi_value value_of(napi_env env, napi_ref reference) {
  napi_value value = nullptr;
  if (reference) napi_get_reference_value(env, reference, &value);
  return value;
}

/** null: it did not return. */
napi_value call(napi_env env, napi_value receiver, napi_value function, size_t count, const napi_value* arguments) {
  napi_value result = nullptr;
  if (napi_call_function(env, receiver, function, count, arguments, &result) == napi_ok) return result;
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  return nullptr;
}

}  // namespace

Napi::Value next_turn_by(const Napi::CallbackInfo& info) {
  napi_env env = info.Env();
  auto turns = std::make_shared<Turns>(env, info[0]);
  std::lock_guard lock(all_mutex);
  if (all.insert_or_assign(env, std::move(turns)).second) {
    const auto forget = [](void* ending) {
      std::lock_guard forgetting(all_mutex);
      all.erase(static_cast<napi_env>(ending));
    };
    napi_add_env_cleanup_hook(env, forget, env);
  }
  return info.Env().Undefined();
}

std::shared_ptr<Turns> Turns::of(napi_env env) {
  std::lock_guard lock(all_mutex);
  const auto found = all.find(env);
  return found == all.end() ? nullptr : found->second;
}

Turns::Turns(napi_env env, napi_value set_immediate) {
  napi_value function = nullptr;
  if (napi_create_function(env, nullptr, 0, on_end, this, &function) == napi_ok)
    napi_create_reference(env, function, 1, &on_end_);
  napi_create_reference(env, set_immediate, 1, &set_immediate_);
}

uint64_t Turns::now(napi_env env) {
  if (!watched_) {
    const napi_value function = value_of(env, on_end_);
    napi_value none = nullptr;
    if (!function || napi_get_undefined(env, &none) != napi_ok || !call_in_next(env, function, none, true)) return 0;
    watched_ = true;
  }
  return number_;
}

napi_value Turns::on_end(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok) return nullptr;
  auto* turns = static_cast<Turns*>(data);
  turns->watched_ = false;
  ++turns->number_;
  return nullptr;
}

bool Turns::call_in_next(napi_env env, napi_value function, napi_value argument, bool keeps_alive) {
  const napi_value set_immediate = value_of(env, set_immediate_);
  napi_value undefined = nullptr;
  if (!set_immediate || napi_get_undefined(env, &undefined) != napi_ok) return false;
  const napi_value arguments[] = {function, argument};
  const napi_value immediate = call(env, undefined, set_immediate, 2, arguments);
  if (!immediate) return false;
  napi_value unref = nullptr;
  if (!keeps_alive && napi_get_named_property(env, immediate, "unref", &unref) == napi_ok)
    call(env, immediate, unref, 0, nullptr);
  return true;
}

}  // namespace rxgst
