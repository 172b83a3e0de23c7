// The pace of an input that comes faster than it plays: a file, or a playlist of segments.
#pragma once
#include <napi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "js/js.h"

namespace rxgst {

/**
 * Holds each packet back until it is its time: as long after the first packet as its timestamp is later. What stood
 * still for longer than `most_late_us` (a consumer that blocks, a slow disk) goes on at the same pace from there, and
 * does not catch up in a burst. Streaming threads wait here; close() wakes them.
 */
class InputPaceState {
 public:
  static constexpr int64_t most_late_us = 1'000'000;

  /** Streaming thread. False: the input is being stopped. */
  bool wait(int64_t time_us) {
    std::unique_lock lock(mutex_);
    const int64_t now = now_us();
    if (!offset_ || now - (time_us + *offset_) > most_late_us) offset_ = now - time_us;
    const auto left = std::chrono::microseconds(time_us + *offset_ - now);
    if (left.count() <= 0) return !closed_;
    ++waiting_;
    woken_.wait_for(lock, left, [this] { return closed_; });
    --waiting_;
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
  /** What a timestamp needs to be a time of CLOCK_MONOTONIC. */
  std::optional<int64_t> offset_;
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
