// One meter of a stream: what a monitor wants to know, counted on pads while media passes.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "gst/picture_times.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "meter/audio.h"
#include "meter/flow.h"
#include "meter/picture.h"
#include "meter/window.h"
#include "output/pacer_handle.h"
#include "tap/video_tap.h"

namespace rxgst {

struct MeterWants {
  FlowParts flow;
  bool latency = false;
  bool stamps = false;  // endToEndLatency
  bool freeze = false;
  bool black = false;
  AudioParts audio;
};

/** Shared by the probes of all its connections; it lives until the last of them has let go. */
class MeterState : public DeliveryListener {
 public:
  explicit MeterState(const MeterWants& wants);
  ~MeterState() override;
  void packet(GstPad* pad, GstBuffer* buffer, bool video, size_t length_size);
  /** A picture passes the place where its latency begins, or ends: `key` is its time on the way. */
  void enter(int64_t key);
  void leave(int64_t key);
  void delivered(GstClockTime pts, int64_t arrival) override;
  /** Totals go on; what holds within a connection begins anew. */
  void reset();

  const MeterWants wants;
  Flow video, audio;
  AudioHealth audio_health;
  PictureTimes entered;  // µs, CLOCK_MONOTONIC
  PictureTimes stamps;   // Unix µs, by the timestamp of the packet
  std::mutex mutex;
  // Guarded by mutex.
  SampleWindow<> latency, stamps_arrived, stamps_delivered;  // ms
  std::shared_ptr<PictureHealth> pictures;                   // of the connection of the moment
  std::shared_ptr<AcceptedTimes> accepted;
  EndedIntervals ended;

  static std::atomic<int> alive;
};

class Meter : public Napi::ObjectWrap<Meter> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Meter(const Napi::CallbackInfo& info);
  ~Meter() override;

 private:
  Napi::Value watch_packets(const Napi::CallbackInfo& info);
  Napi::Value watch_raw(const Napi::CallbackInfo& info);
  Napi::Value watch_entry(const Napi::CallbackInfo& info);
  Napi::Value watch_exit(const Napi::CallbackInfo& info);
  Napi::Value watch_tap(const Napi::CallbackInfo& info);
  Napi::Value watch_pacer(const Napi::CallbackInfo& info);
  Napi::Value unwatch(const Napi::CallbackInfo& info);
  Napi::Value reset(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  template <class Place>
  Napi::Value watch(const Napi::CallbackInfo& info);
  void let_go_of_tap();
  void let_go_of_pacer();
  void close_now();

  std::shared_ptr<MeterState> state_;
  std::map<uint32_t, PadProbe> probes_;
  std::shared_ptr<VideoTapState> tap_;
  uint32_t next_id_ = 1;
};

/** meterStates(): how many are alive, for tests of leaks. */
Napi::Value meter_states(const Napi::CallbackInfo& info);

}  // namespace rxgst
