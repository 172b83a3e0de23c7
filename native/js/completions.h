// Promises that C++ settles: any thread reports that work is done, and JavaScript gets the result in its next wake-up.
#pragma once
#include <napi.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace rxgst {

/**
 * The open promises of one object. The worker holds a ticket, and touches nothing of Node-API: any thread may call
 * done(). The JS thread settles all finished promises in the next wake-up, before it calls the JS function of that
 * wake-up; the promises' reactions run after that function. A ticket that comes after close() or reject() does nothing.
 *
 * In an environment that ends, promises stay open: no JavaScript runs there any more.
 */
template <class Result>
class Completions {
 public:
  /** Names a promise: its place, and how often that place had been used before. */
  struct Ticket {
    uint32_t place = 0;
    uint32_t use = 0;
  };
  using ToJs = Napi::Value (*)(Napi::Env env, const Result& result);

  /** @param to_js converts a result for JavaScript, on the JS thread */
  explicit Completions(ToJs to_js) : to_js_(to_js) {}
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  /** JS thread. Throws if the environment is ending. */
  Napi::Value open(Napi::Env env, Ticket* ticket) {
    napi_deferred deferred = nullptr;
    napi_value promise = nullptr;
    if (napi_create_promise(env, &deferred, &promise) != napi_ok) throw Napi::Error::New(env);
    if (free_.empty()) {
      free_.push_back(static_cast<uint32_t>(places_.size()));
      places_.push_back({});
    }
    const uint32_t at = free_.back();
    free_.pop_back();
    places_[at].deferred = deferred;
    *ticket = {at, places_[at].use};
    return Napi::Value(env, promise);
  }

  /** Any thread, once for each ticket; the caller wakes JavaScript. */
  void done(Ticket ticket, Result result) {
    std::lock_guard lock(mutex_);
    done_.emplace_back(ticket, std::move(result));
  }

  /** JS thread: settles the promises whose work is done. */
  void settle(Napi::Env env) {
    std::vector<std::pair<Ticket, Result>> settling;
    {
      std::lock_guard lock(mutex_);
      settling.swap(done_);
    }
    for (const auto& [ticket, result] : settling) {
      if (napi_deferred deferred = take(ticket)) resolve(env, deferred, result);
    }
  }

  /** JS thread: resolves all open promises with this result. */
  void close(Napi::Env env, const Result& result) {
    settle(env);
    for_each_open([&](napi_deferred deferred) { resolve(env, deferred, result); });
  }

  /** JS thread: rejects all open promises. */
  void reject(Napi::Env env, const Napi::Value& reason) {
    settle(env);
    for_each_open([&](napi_deferred deferred) { napi_reject_deferred(env, deferred, reason); });
  }

 private:
  struct Place {
    napi_deferred deferred = nullptr;  // null: free
    uint32_t use = 0;
  };

  napi_deferred take(Ticket ticket) {
    Place& place = places_[ticket.place];
    if (place.use != ticket.use) return nullptr;
    ++place.use;
    free_.push_back(ticket.place);
    return std::exchange(place.deferred, nullptr);
  }

  template <class Visit>
  void for_each_open(Visit visit) {
    for (uint32_t at = 0; at < places_.size(); ++at) {
      if (!places_[at].deferred) continue;
      if (napi_deferred deferred = take({at, places_[at].use})) visit(deferred);
    }
  }

  /** An environment that is ending takes no values any more: the promise stays open, like all of its others. */
  void resolve(napi_env env, napi_deferred deferred, const Result& result) {
    try {
      napi_resolve_deferred(env, deferred, to_js_(env, result));
    } catch (const Napi::Error&) {
    }
  }

  const ToJs to_js_;
  // JS thread.
  std::vector<Place> places_;
  std::vector<uint32_t> free_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::pair<Ticket, Result>> done_;
};

}  // namespace rxgst
