// The zero that the picture and the sound of one capture share.
#pragma once
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace rxgst {

/**
 * Running times of a pipeline become a capture's timestamps here. Zero is the first picture, so that pictures start at
 * 0 and sound before it is cut off; in a stream of sound alone it is the first sample. Any thread.
 */
class TimelineState {
 public:
  /** The running time (ns) that is zero, or none yet. */
  std::optional<int64_t> zero() const {
    const int64_t value = zero_.load();
    return value == unset ? std::nullopt : std::optional(value);
  }
  /** The first to call it decides. Returns the zero that holds. */
  int64_t establish(int64_t running_time) {
    int64_t expected = unset;
    zero_.compare_exchange_strong(expected, running_time);
    return zero_.load();
  }
  bool picture_expected() const { return picture_expected_.load(); }
  void expect_picture() { picture_expected_ = true; }
  /** What the metadata says of sound; none: it has not come, or says nothing. */
  std::optional<bool> sound_announced() const {
    const int value = sound_announced_.load();
    return value < 0 ? std::nullopt : std::optional(value == 1);
  }
  void announce_sound(bool sound) { sound_announced_ = sound ? 1 : 0; }

 private:
  static constexpr int64_t unset = INT64_MIN;
  std::atomic<int64_t> zero_{unset};
  std::atomic<bool> picture_expected_{false};
  std::atomic<int> sound_announced_{-1};
};

/** What JS holds and hands to the taps of one capture. */
class Timeline : public Napi::ObjectWrap<Timeline> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Timeline(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Timeline>(info) {}
  std::shared_ptr<TimelineState> state() const { return state_; }

 private:
  Napi::Value watch_header(const Napi::CallbackInfo& info);
  Napi::Value sound_announced(const Napi::CallbackInfo& info);
  Napi::Value start_at(const Napi::CallbackInfo& info);

  std::shared_ptr<TimelineState> state_ = std::make_shared<TimelineState>();
};

}  // namespace rxgst
