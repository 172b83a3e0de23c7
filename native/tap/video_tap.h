// VideoTap: the appsink at the end of a decoding graph. It converts pictures into pooled memory and queues them for JS.
#pragma once
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <napi.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "capture/captions/carried_captions.h"
#include "capture/keyframe_gate.h"
#include "capture/timeline.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "h264/shape.h"
#include "js/changes.h"
#include "pixels/pixels.h"
#include "tap/picture_listener.h"
#include "tap/picture_queue.h"
#include "tap/sink_feed.h"

namespace rxgst {

/** Is told of each picture that JavaScript has taken. JS thread. */
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  /** `pts` is the decoder's; `arrival_us` is of CLOCK_MONOTONIC. */
  virtual void delivered(GstClockTime pts, int64_t arrival_us) = 0;
};

/** The streaming thread's half of a VideoTap. It lives until both the JS object and the appsink have released it. */
class VideoTapState : public SampleReader {
 public:
  void on_sample(GstSample* sample) override;
  void on_end() override;
  void close();

  std::shared_ptr<Wakeup> wakeup;
  std::shared_ptr<TimelineState> timeline;
  const std::shared_ptr<KeyframeGate> gate = std::make_shared<KeyframeGate>();
  std::vector<std::shared_ptr<DeliveryListener>> listeners;  // JS thread only
  PictureQueue queue;
  /** See every picture before the tap converts it. */
  PictureListeners watchers;
  /** Null: no captions go with the frames. Set before data flows. */
  std::shared_ptr<CarriedCaptions> carried;

  // Options, set once before data flows.
  std::optional<PixelFormat> format;  // none: the source's where rxgst has that format, else RGB
  int width = 0;                      // 0: the source's, or what keeps the ratio of the other side
  int height = 0;
  int fps_n = 0;  // 0: every picture
  int fps_d = 1;
  /** A picture that the decoder itself marks as corrupt does not begin a stream. */
  bool wants_intact = false;

  /** The counters and the source format that the streaming thread has seen. */
  struct Seen {
    uint64_t decoded = 0;
    uint64_t dropped_bad = 0;
    /** Pictures that were decoded only as references of others: they precede the first picture that is whole. */
    uint64_t incomplete = 0;
    int width = 0;
    int height = 0;
    PixelAspect pixel;
    std::string wrong_caps;  // the caps of data that is no picture
  };
  Seen seen();

 private:
  bool read_caps(GstCaps* caps);
  bool is_broken(GstBuffer* buffer);
  int64_t duration_us(GstBuffer* buffer, int64_t timestamp_us) const;
  void deliver_in_slots(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp_us, int64_t duration_us,
                        int64_t arrival_us, const TimelineState::Zero& zero);
  void deliver(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp_us, int64_t duration_us,
               int64_t arrival_us);
  std::mutex mutex_;
  Seen seen_;  // guarded by mutex_

  // Streaming thread only.
  CapsRef caps_;
  GstVideoInfo info_{};
  FromDecoder converter_;
  AnyConverter any_converter_;
  int64_t next_slot_ = -1;
  int64_t last_timestamp_us_ = -1;
  bool intact_ = false;           // a picture without a mark of corruption has come
  int64_t broken_since_us_ = -1;  // CLOCK_MONOTONIC
  uint32_t jumps_ = 0;
  captions::SharedCaptions captions_;  // of the next frame
  bool discontinuity_ = true;          // the next picture is the first of a connection, or timestamps begin anew
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
  Napi::Value carry_captions(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<VideoTapState> state_;
  FeedPlace place_;
  PadProbe allocation_probe_;
  PadProbe arrival_probe_;
};

/** The names of the numbers that VideoTap.read() writes; a test compares them with FRAME_FIELDS in TypeScript. */
Napi::Array frame_fields_table(Napi::Env env);

}  // namespace rxgst
