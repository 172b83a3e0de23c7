// The bridge between native threads and the JS thread.
//
// An environment may end in the middle of a call: worker.terminate() comes from another thread, and from then on calls
// of Node-API fail. node-addon-api then throws a Napi::Error in C++, which unwinds our call. So our code never uses an
// empty value, and the owners in the call release what it held. At the edge to Node, a JS exception cannot be thrown
// any more and is dropped (NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS). Therefore every function that JS calls keeps its
// resources in owners, and destructors, finalizers and other threads make no call that may throw.
#pragma once
#include <glib.h>
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "js/next_turn.h"

namespace rxgst {

/**
 * Wakes the JS thread. Any thread may call wake(). The JS function is called once in a turn of the event loop, however
 * often wake() was called and however long the function takes: timers and sockets get their turn, and so do other
 * wake-ups. wake() never blocks, queues at most one call, and does nothing after close() or after the
 * end of the environment.
 *
 * `changes` are bits whose meaning the owner knows. The JS function gets all bits that have come since its last call.
 */
class Wakeup {
 public:
  /** Runs on the JS thread before the JS function is called: it settles promises. */
  using Settle = std::function<void(Napi::Env)>;
  /** @param listener may be empty where `settle` does all the work. Throws if the environment is ending. */
  static std::shared_ptr<Wakeup> create(Napi::Env env, Napi::Function listener, const char* name,
                                        Settle settle = nullptr);
  void wake(uint32_t changes = 1);
  /** Wakes JS for the last time: after that call the wake-up is closed. */
  void wake_last();
  /** The JS function gets these bits with the next wake-up, which they do not cause. */
  void note(uint32_t changes);
  /** JS thread: from now on only these bits wake (at first all bits do); other bits are noted. */
  void wake_for(uint32_t changes);
  /** JS thread: takes the bits that JS has not yet got. */
  uint32_t take();
  /** JS thread. After close() the function is never called again. */
  void close();
  /** JS thread: whether this wake-up keeps the process alive. */
  void keep_alive(Napi::Env env, bool alive);

 private:
  Wakeup() = default;
  static void on_wake(napi_env env, napi_value function, void* context, void* data);
  static void serve(const std::shared_ptr<Wakeup>& wakeup, napi_env env, napi_value function);
  static napi_value on_turn(napi_env env, napi_callback_info info);
  static void serve_in_next_turn(const std::shared_ptr<Wakeup>& wakeup, napi_env env, napi_value function);
  void call(napi_env env, napi_value function, uint32_t changes);
  void queue_call();
  static void finalize(napi_env env, void* data, void* hint);

  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;  // null once closed; guarded by mutex_
  /** A call is queued, or runs. */
  std::atomic<bool> pending_{false};
  std::atomic<uint32_t> changes_{0};
  std::atomic<uint32_t> waking_{~uint32_t{0}};
  std::atomic<bool> last_{false};
  // JS thread.
  bool keeps_alive_ = true;
  std::shared_ptr<Turns> turns_;
  /** The turn of the last call; 0: unknown. */
  uint64_t served_in_ = 0;
  Settle settle_;  // set once
};

/** Runs `work` on a thread of a pool of our own: a peer can block a state change for any time. */
void run_detached(std::function<void()> work);

/**
 * Throws `message` into JS as an Error without a code. The facades have validated the arguments, so it is a bug of
 * ours.
 */
Napi::Value throw_error(Napi::Env env, const char* message);

/** Null if the text is empty. */
inline Napi::Value text_or_null(Napi::Env env, const std::string& text) {
  return text.empty() ? env.Null() : Napi::Value(Napi::String::New(env, text));
}

/** CLOCK_MONOTONIC in µs: the clock of performance.now(), with another origin. */
inline int64_t now_us() { return g_get_monotonic_time(); }

}  // namespace rxgst
