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

#include "arrivals.h"
#include "frame_memory.h"
#include "js.h"
#include "pixels.h"
#include "refs.h"
#include "sink_feed.h"
#include "timeline.h"

namespace rxgst {

enum class DropPolicy : uint32_t { oldest = 0, newest = 1, block = 2 };

struct Picture {
  FrameMemory memory;
  int width;
  int height;
  int64_t timestamp;  // µs
  int64_t duration;   // µs
  int64_t arrival;    // µs, CLOCK_MONOTONIC
  uint64_t sequence;
  bool discontinuity;
  PixelFormat format;
};

/** The part that the streaming thread uses; it lives until both the wrapper and the appsink have let go of it. */
class VideoTapState : public SampleReader {
 public:
  ~VideoTapState() override;
  void on_sample(GstSample* sample) override;
  void on_end() override;
  bool wait_for_picture(int64_t timeout_us);
  void close();

  std::shared_ptr<Bell> bell;
  std::shared_ptr<TimelineState> timeline;
  Arrivals arrivals;

  // Options, set once before data flows.
  std::optional<PixelFormat> format;  // none: the source's where it is one of ours, else RGB
  int width = 0;  // 0: the source's, or by the other's ratio
  int height = 0;
  int fps_n = 0;  // 0: every picture
  int fps_d = 1;
  size_t capacity = 10;

  std::mutex mutex;
  std::condition_variable changed;
  // All below are guarded by mutex.
  DropPolicy policy = DropPolicy::oldest;
  std::deque<Picture> queue;
  bool ended = false;
  bool closed = false;
  uint64_t decoded = 0;
  uint64_t dropped_queue = 0;
  uint64_t dropped_held = 0;
  uint64_t dropped_bad = 0;
  int source_width = 0;
  int source_height = 0;
  int source_fps_n = 0;
  int source_fps_d = 1;
  std::string wrong_caps;  // what came instead of pictures

 private:
  void deliver(const GstVideoFrame& frame, int64_t timestamp, int64_t duration, int64_t arrival, bool discontinuity);
  void target_size(int* out_width, int* out_height) const;
  void refuse(GstCaps* caps);

  // Streaming thread only.
  GstCaps* caps_ = nullptr;
  GstVideoInfo info_{};
  FromDecoder converter_;
  AnyConverter any_converter_;
  uint64_t sequence_ = 0;
  int64_t next_slot_ = 0;
  int64_t last_timestamp_ = -1;
  bool first_ = true;
};

class VideoTap : public Napi::ObjectWrap<VideoTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit VideoTap(const Napi::CallbackInfo& info);
  ~VideoTap() override;

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value set_policy(const Napi::CallbackInfo& info);
  Napi::Value watch_arrival(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<VideoTapState> state_;
  ObjectRef<GstAppSink> sink_;
  std::shared_ptr<SinkFeed> feed_;
  PadProbe allocation_probe_;
};

}  // namespace rxgst
