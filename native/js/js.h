// The bridge between native threads and the JS thread.
//
// An environment may die in the middle of a call: worker.terminate() comes from another thread, and from then on calls
// of Node-API fail. Then node-addon-api throws a Napi::Error in C++, which unwinds the call of ours: no value that came
// back empty is ever used, and what the call held goes with its owners. At the edge to Node, where a JS exception
// cannot be thrown any more, it is dropped (NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS). So what JS calls holds everything
// in owners, and destructors, finalizers and other threads make no call that may throw.
#pragma once
#include <glib.h>
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace rxgst {

/**
 * Wakes the JS thread. Any thread may call wake(): the JS function is called once in a turn of the event loop, however
 * often it was. wake() never blocks, queues at most one call, and does nothing after close() or the end of the
 * environment.
 *
 * `changes` are bits whose meaning the owner knows. The JS function gets all bits since it was last called.
 */
class Wakeup {
 public:
  /** What C++ does on the JS thread before JS hears: it settles promises. */
  using Settle = std::function<void(Napi::Env)>;
  /** @param heard may be empty, where `settle` is all there is to do. Throws where the environment is ending. */
  static std::shared_ptr<Wakeup> create(Napi::Env env, Napi::Function heard, const char* name, Settle settle = nullptr);
  void wake(uint32_t changes = 1);
  /** For the last time: when it has been heard it is closed. */
  void wake_last();
  /** The JS function gets these bits with the next wake-up. */
  void note(uint32_t changes);
  /** JS thread: only these bits wake from now on (at first all do); others are noted. */
  void wake_for(uint32_t changes);
  /** JS thread: takes the bits that JS has not got yet. */
  uint32_t take();
  /** JS thread. After it the function is never called again. */
  void close();
  /** JS thread: whether this wake-up keeps the process alive. */
  void keep_alive(Napi::Env env, bool alive);

 private:
  Wakeup() = default;
  static void on_wake(napi_env env, napi_value function, void* context, void* data);
  void call(napi_env env, napi_value function, uint32_t changes);
  static void finalize(napi_env env, void* data, void* hint);

  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;  // null once closed; guarded by mutex_
  std::atomic<bool> pending_{false};
  std::atomic<uint32_t> changes_{0};
  std::atomic<uint32_t> waking_{~uint32_t{0}};
  std::atomic<bool> last_{false};
  Settle settle_;  // set once
};

/** Runs `work` on a thread of its own pool: state changes may block for as long as a peer likes. */
void run_detached(std::function<void()> work);

/** Throws `message` into JS as a plain Error; the facades above have validated, so this is a bug of ours. */
Napi::Value throw_error(Napi::Env env, const char* message);

/** Null where the text is empty. */
inline Napi::Value text_or_null(Napi::Env env, const std::string& text) {
  return text.empty() ? env.Null() : Napi::Value(Napi::String::New(env, text));
}

/** CLOCK_MONOTONIC in µs, the clock of performance.now() but for its origin. */
inline int64_t now_us() { return g_get_monotonic_time(); }

}  // namespace rxgst
