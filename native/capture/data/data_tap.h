// What a stream carries besides pictures and sound: metadata, cue points, captions and whatever its publisher sends.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "capture/timeline.h"
#include "js/changes.h"
#include "rtmp/amf/value.h"

namespace rxgst {

/** A message, read in the streaming thread. */
struct ScriptMessage {
  std::vector<amf::Value> values;
  int64_t running_ns;  // INT64_MIN: none
  size_t bytes;
};

/** Its memory is bounded whatever a peer sends, and whether JavaScript takes it or not. */
class DataTapState {
 public:
  explicit DataTapState(std::shared_ptr<TimelineState> timeline) : timeline_(std::move(timeline)) {}

  std::shared_ptr<Wakeup> wakeup;

  /** Streaming thread. */
  void on_buffer(GstPad* pad, GstBuffer* buffer);
  std::deque<ScriptMessage> take();
  /** µs on the capture's timeline; 0 before it has begun. */
  int64_t timestamp_us(const ScriptMessage& message) const;
  uint64_t dropped();
  void close();

 private:
  static constexpr size_t most_messages = 64;
  static constexpr size_t most_bytes = 1 << 20;

  const std::shared_ptr<TimelineState> timeline_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<ScriptMessage> queue_;
  size_t bytes_ = 0;
  uint64_t dropped_ = 0;
  bool closed_ = false;
};

/** The DataTap that JavaScript holds. */
class DataTap : public Napi::ObjectWrap<DataTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit DataTap(const Napi::CallbackInfo& info);
  ~DataTap() override {
    if (state_) state_->close();
  }

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<DataTapState> state_;
};

}  // namespace rxgst
