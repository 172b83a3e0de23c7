#include "js/js.h"

namespace rxgst {

std::shared_ptr<Wakeup> Wakeup::create(Napi::Env env, Napi::Function heard, const char* name, Settle settle) {
  auto wakeup = std::shared_ptr<Wakeup>(new Wakeup());
  wakeup->settle_ = std::move(settle);
  // The function holds a strong reference of its own on the wakeup, given back in finalize: a call that is already
  // queued when the owner goes still finds it.
  auto held = std::make_unique<std::shared_ptr<Wakeup>>(wakeup);
  napi_threadsafe_function function = nullptr;
  const napi_status status = napi_create_threadsafe_function(env, heard, nullptr, Napi::String::New(env, name), 0, 1,
                                                             held.get(), finalize, held.get(), on_wake, &function);
  if (status != napi_ok) throw Napi::Error::New(env);
  held.release();  // finalize has it
  wakeup->function_ = function;
  return wakeup;
}

void Wakeup::wake(uint32_t changes) {
  const uint32_t all = changes_.fetch_or(changes) | changes;
  if (!(all & waking_) || pending_.exchange(true)) return;
  std::lock_guard lock(mutex_);
  if (!function_) return;
  if (napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) != napi_ok) function_ = nullptr;
}

void Wakeup::wake_last() {
  last_ = true;
  wake();
}

void Wakeup::note(uint32_t changes) { changes_.fetch_or(changes); }

void Wakeup::wake_for(uint32_t changes) { waking_ = changes; }

uint32_t Wakeup::take() { return changes_.exchange(0); }

void Wakeup::close() {
  napi_threadsafe_function function = nullptr;
  {
    std::lock_guard lock(mutex_);
    function = std::exchange(function_, nullptr);
  }
  if (function) napi_release_threadsafe_function(function, napi_tsfn_abort);
}

void Wakeup::keep_alive(Napi::Env env, bool alive) {
  std::lock_guard lock(mutex_);
  if (!function_) return;
  if (alive) {
    napi_ref_threadsafe_function(env, function_);
  } else {
    napi_unref_threadsafe_function(env, function_);
  }
}

void Wakeup::on_wake(napi_env env, napi_value function, void* context, void*) {
  // A leftover of a closed function: finalize has run, the context is gone.
  if (!env) return;
  auto wakeup = *static_cast<std::shared_ptr<Wakeup>*>(context);
  // Before the call: what happens during it wakes again. In this order: a change that comes in between queues one call
  // too many, and none too few.
  wakeup->pending_ = false;
  const uint32_t changes = wakeup->take();
  if (changes == 0) return;
  {
    std::lock_guard lock(wakeup->mutex_);
    if (!wakeup->function_) return;
  }
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  wakeup->call(env, function, changes);
  napi_close_handle_scope(env, scope);
}

/** Called by Node, not by node-addon-api: nothing catches what is thrown here. */
void Wakeup::call(napi_env env, napi_value function, uint32_t changes) {
  if (last_) close();
  if (settle_) {
    try {
      settle_(env);
    } catch (const Napi::Error&) {
      return;  // the environment is ending
    }
  }
  napi_value argument = nullptr;
  if (!function || napi_create_uint32(env, changes, &argument) != napi_ok) return;
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  // Node has opened a callback scope, so promise reactions run after it. An exception goes to 'uncaughtException', as
  // one thrown in a timer does.
  napi_value result = nullptr;
  if (napi_call_function(env, undefined, function, 1, &argument, &result) == napi_pending_exception) {
    napi_value error = nullptr;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
}

void Wakeup::finalize(napi_env, void* data, void*) {
  auto* held = static_cast<std::shared_ptr<Wakeup>*>(data);
  {
    std::lock_guard lock((*held)->mutex_);
    (*held)->function_ = nullptr;
  }
  delete held;
}

void run_detached(std::function<void()> work) {
  // Not exclusive: idle threads are shared with GStreamer's other pools and end by themselves. Never freed: at exit a
  // state change may still be blocked in it.
  static GThreadPool* pool = g_thread_pool_new(
      [](gpointer data, gpointer) {
        std::unique_ptr<std::function<void()>> job(static_cast<std::function<void()>*>(data));
        (*job)();
      },
      nullptr, -1, FALSE, nullptr);
  g_thread_pool_push(pool, new std::function<void()>(std::move(work)), nullptr);
}

Napi::Value throw_error(Napi::Env env, const char* message) {
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

}  // namespace rxgst
