#include "js/js.h"

namespace rxgst {

std::shared_ptr<Wakeup> Wakeup::create(Napi::Env env, Napi::Function listener, const char* name, Settle settle) {
  auto wakeup = std::shared_ptr<Wakeup>(new Wakeup());
  wakeup->settle_ = std::move(settle);
  wakeup->turns_ = Turns::of(env);
  // The threadsafe function holds a strong reference of its own on the wakeup, and finalize releases it: a call that is
  // queued when the owner ends still finds the wakeup.
  auto held = std::make_unique<std::shared_ptr<Wakeup>>(wakeup);
  napi_threadsafe_function function = nullptr;
  const napi_status status = napi_create_threadsafe_function(env, listener, nullptr, Napi::String::New(env, name), 0, 1,
                                                             held.get(), finalize, held.get(), on_wake, &function);
  if (status != napi_ok) throw Napi::Error::New(env);
  held.release();  // finalize owns it
  wakeup->function_ = function;
  return wakeup;
}

void Wakeup::wake(uint32_t changes) {
  const uint32_t all = changes_.fetch_or(changes) | changes;
  if (!(all & waking_) || pending_.exchange(true)) return;
  queue_call();
}

void Wakeup::queue_call() {
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
  keeps_alive_ = alive;
  std::lock_guard lock(mutex_);
  if (!function_) return;
  if (alive) {
    napi_ref_threadsafe_function(env, function_);
  } else {
    napi_unref_threadsafe_function(env, function_);
  }
}

void Wakeup::on_wake(napi_env env, napi_value function, void* context, void*) {
  // A call that was left in the queue of a closed function: finalize has run, and the context is gone.
  if (!env) return;
  auto wakeup = *static_cast<std::shared_ptr<Wakeup>*>(context);
  // Node goes on with a threadsafe function in the same turn as long as somebody calls it, so a program that is slower
  // than its stream would never come to its timers.
  const uint64_t turn = wakeup->turns_ ? wakeup->turns_->now(env) : 0;
  if (turn != 0 && turn == wakeup->served_in_) {
    serve_in_next_turn(wakeup, env, function);
  } else {
    serve(wakeup, env, function);
  }
}

/** `pending_` stays true during the call: what comes meanwhile waits for the next turn. */
void Wakeup::serve(const std::shared_ptr<Wakeup>& wakeup, napi_env env, napi_value function) {
  {
    std::lock_guard lock(wakeup->mutex_);
    if (!wakeup->function_) return;
  }
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  wakeup->served_in_ = wakeup->turns_ ? wakeup->turns_->now(env) : 0;
  if (const uint32_t changes = wakeup->take()) wakeup->call(env, function, changes);
  // In this order a change in between queues one call too many, and never one too few.
  wakeup->pending_ = false;
  if ((wakeup->changes_ & wakeup->waking_) && !wakeup->pending_.exchange(true))
    serve_in_next_turn(wakeup, env, function);
  napi_close_handle_scope(env, scope);
}

void Wakeup::serve_in_next_turn(const std::shared_ptr<Wakeup>& wakeup, napi_env env, napi_value function) {
  using Weak = std::weak_ptr<Wakeup>;
  auto weak = std::make_unique<Weak>(wakeup);
  const auto free_weak = [](napi_env, void* data, void*) { delete static_cast<Weak*>(data); };
  napi_value turn = nullptr;
  const bool made = napi_create_function(env, nullptr, 0, on_turn, weak.get(), &turn) == napi_ok &&
                    napi_add_finalizer(env, turn, weak.get(), free_weak, nullptr, nullptr) == napi_ok;
  if (made) weak.release();  // the finalizer owns it
  napi_value listener = function;
  if (!listener) napi_get_undefined(env, &listener);
  const bool called = made && wakeup->turns_ && wakeup->turns_->call_in_next(env, turn, listener, wakeup->keeps_alive_);
  if (!called) wakeup->queue_call();
}

napi_value Wakeup::on_turn(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value function = nullptr;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, &function, nullptr, &data) != napi_ok) return nullptr;
  napi_valuetype type = napi_undefined;
  if (napi_typeof(env, function, &type) != napi_ok || type != napi_function) function = nullptr;
  if (const auto wakeup = static_cast<std::weak_ptr<Wakeup>*>(data)->lock()) serve(wakeup, env, function);
  return nullptr;
}

/** Node calls this, not node-addon-api: nothing catches an exception that leaves it. */
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
  // Node has opened a callback scope, so promise reactions run after the call. An exception goes to
  // 'uncaughtException', as it does from a timer.
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
