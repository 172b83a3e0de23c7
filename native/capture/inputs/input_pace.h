// The pace of an input that comes faster than it plays: a file, or a playlist of segments.
#pragma once
#include <napi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "capture/inputs/pace_rule.h"
#include "js/js.h"

namespace rxgst {

/** Holds each packet back until it is its time (PaceRule). Streaming threads wait here; close() wakes them. */
class InputPaceState {
 public:
  /** Streaming thread. False: the input is being stopped. */
  bool wait(int64_t time_us) {
    std::unique_lock lock(mutex_);
    const auto left = std::chrono::microseconds(rule_.left(time_us, now_us()));
    if (left.count() > 0) {
      ++waiting_;
      woken_.wait_for(lock, left, [this] { return closed_; });
      --waiting_;
    }
    rule_.given(time_us);
    return !closed_;
  }
  /** Whether packets are there, and wait for their time. Any thread. */
  bool waiting() const { return waiting_ > 0; }
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    woken_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  std::atomic<int> waiting_{0};
  // Guarded by mutex_:
  bool closed_ = false;
  PaceRule rule_;
};

/** The InputPace that JavaScript holds. */
class InputPace : public Napi::ObjectWrap<InputPace> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "InputPace",
                       {InstanceMethod("waiting", &InputPace::waiting), InstanceMethod("close", &InputPace::close)});
  }
  explicit InputPace(const Napi::CallbackInfo& info) : Napi::ObjectWrap<InputPace>(info) {}
  ~InputPace() override { state_->close(); }
  std::shared_ptr<InputPaceState> state() const { return state_; }

 private:
  Napi::Value waiting(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), state_->waiting()); }
  Napi::Value close(const Napi::CallbackInfo& info) {
    state_->close();
    return info.Env().Undefined();
  }

  std::shared_ptr<InputPaceState> state_ = std::make_shared<InputPaceState>();
};

}  // namespace rxgst
