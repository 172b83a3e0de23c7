// appsink → pooled pictures: the end of a decoding graph.
#pragma once
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "capture/keyframe_gate.h"
#include "capture/timeline.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "h264/shape.h"
#include "js/changes.h"
#include "js/names.h"
#include "pixels/pixels.h"
#include "tap/frame_pool.h"
#include "tap/sink_feed.h"

namespace rxgst {

enum class DropPolicy : uint32_t { oldest = 0, newest = 1, block = 2 };
inline constexpr Names<DropPolicy, 3> drop_policies("oldest", "newest", "block");

/** Hears of pictures that JS has taken. JS thread. */
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  /** `pts`: the decoder's; `arrival`: µs, CLOCK_MONOTONIC. */
  virtual void delivered(GstClockTime pts, int64_t arrival) = 0;
};

struct Picture {
  PooledFrame memory;
  int width;
  int height;
  PixelAspect pixel;
  int64_t timestamp;  // µs
  int64_t duration;   // µs
  int64_t arrival;    // µs, CLOCK_MONOTONIC
  uint64_t sequence;
  bool discontinuity;
  PixelFormat format;
  GstClockTime pts;  // the decoder's
};

/** The part that the streaming thread uses; it lives until both the wrapper and the appsink have let go of it. */
class VideoTapState : public SampleReader {
 public:
  void on_sample(GstSample* sample) override;
  void on_end() override;
  bool wait_for_picture(int64_t timeout_us);
  void close();
  bool is_closed();

  std::shared_ptr<Wakeup> wakeup;
  std::shared_ptr<TimelineState> timeline;
  const std::shared_ptr<KeyframeGate> gate = std::make_shared<KeyframeGate>();
  std::vector<std::shared_ptr<DeliveryListener>> listeners;  // JS thread only

  // Options, set once before data flows.
  std::optional<PixelFormat> format;  // none: the source's where it is one of ours, else RGB
  int width = 0;                      // 0: the source's, or by the other's ratio
  int height = 0;
  int fps_n = 0;  // 0: every picture
  int fps_d = 1;
  size_t capacity = 10;
  std::shared_ptr<FrameAccount> account;

  std::mutex mutex;
  std::condition_variable changed;
  /** Before data flows: what the decoder itself calls broken does not begin a stream. */
  bool wants_intact = false;

  // All below are guarded by mutex.
  DropPolicy policy = DropPolicy::oldest;
  std::deque<Picture> queue;
  size_t queued_bytes = 0;
  bool waiting = false;  // the streaming thread waits for room
  bool ended = false;
  bool closed = false;
  uint64_t decoded = 0;
  uint64_t dropped_queue = 0;
  uint64_t dropped_held = 0;
  uint64_t dropped_bad = 0;
  /** Decoded for those that refer to them, before all of the picture was right. */
  uint64_t incomplete = 0;
  // Whether anybody takes pictures; what the queue loses while nobody does is nobody's loss.
  bool wanted = true;
  uint64_t dropped_unwanted = 0;  // of dropped_queue
  int source_width = 0;
  int source_height = 0;
  PixelAspect source_pixel;
  std::string wrong_caps;  // what came instead of pictures

 private:
  void deliver(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp, int64_t duration, int64_t arrival,
               bool discontinuity);
  PooledFrame room_for(size_t bytes);
  Picture drop_oldest();
  void refuse(GstCaps* caps);
  bool is_broken(GstBuffer* buffer);

  // Streaming thread only.
  CapsRef caps_;
  GstVideoInfo info_{};
  FromDecoder converter_;
  AnyConverter any_converter_;
  int64_t next_slot_ = -1;
  int64_t last_timestamp_ = -1;
  bool intact_ = false;              // a picture that is not broken has come
  int64_t broken_since_ = -1;        // µs, monotonic
  bool lost_discontinuity_ = false;  // what begins a connection was lost: the next picture does
  bool impatient_ = false;           // waited for memory in vain, and has had none since
  uint32_t jumps_ = 0;
  bool discontinuity_ = true;  // before the first picture of a connection, and where timestamps began anew
};

class VideoTap : public Napi::ObjectWrap<VideoTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit VideoTap(const Napi::CallbackInfo& info);
  ~VideoTap() override;
  std::shared_ptr<VideoTapState> state() const { return state_; }

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value set_policy(const Napi::CallbackInfo& info);
  Napi::Value set_wanted(const Napi::CallbackInfo& info);
  Napi::Value watch_arrival(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<VideoTapState> state_;
  FeedPlace place_;
  PadProbe allocation_probe_;
  PadProbe arrival_probe_;
};

/** Names of the numbers that VideoTap.read() writes, for the test that compares them. */
Napi::Array frame_fields_table(Napi::Env env);

}  // namespace rxgst
