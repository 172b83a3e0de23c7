// One meter of a stream: it measures on pads, while media passes, the metrics that a monitor wants.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "gst/picture_times.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "meter/audio.h"
#include "meter/flow.h"
#include "meter/picture.h"
#include "meter/window.h"
#include "output/pacer_handle.h"
#include "rtmp/relay/packet_relay_handle.h"
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

/** Shared by the probes of all connections; it lives until the last probe has released it. */
class MeterState : public DeliveryListener, public rtmp::PacketListener {
 public:
  explicit MeterState(const MeterWants& wants);
  ~MeterState() override;
  /** Finds the stamp of an access unit behind lengths of so many bytes. */
  using StampReader = std::optional<int64_t> (*)(const uint8_t* data, size_t size, size_t length_size);
  /** `reader` null: no stamp is looked for. */
  void packet(GstPad* pad, GstBuffer* buffer, bool video, StampReader reader, size_t length_size);
  /** A picture passes the place where its latency begins (enter) or ends (leave). `key` is its time on the way. */
  void enter(int64_t key);
  void leave(int64_t key);
  void delivered(GstClockTime pts, int64_t arrival_us) override;
  void on_packet(const rtmp::RelayedPacket& packet) override;
  /** A new connection: totals continue, and measures of a connection begin anew. */
  void reset();

  const MeterWants wants;
  Flow video, audio;
  AudioHealth audio_health;
  PictureTimes entered_us;  // CLOCK_MONOTONIC
  PictureTimes stamps;      // Unix µs, by the packet's timestamp
  std::mutex mutex;
  // Guarded by mutex:
  SampleWindow<> latency, stamps_arrived_ms, stamps_delivered_ms;  // ms
  std::shared_ptr<PictureHealth> pictures;                         // of the present connection
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
  Napi::Value watch_relay(const Napi::CallbackInfo& info);
  Napi::Value unwatch(const Napi::CallbackInfo& info);
  Napi::Value reset(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  template <class Place>
  Napi::Value watch(const Napi::CallbackInfo& info);
  void let_go_of_tap();
  void let_go_of_pacer();
  void let_go_of_relay();
  void close_now();

  std::shared_ptr<MeterState> state_;
  std::map<uint32_t, PadProbe> probes_;
  std::shared_ptr<VideoTapState> tap_;
  std::shared_ptr<rtmp::PacketRelay> relay_;
  uint32_t next_id_ = 1;
};

/** meterStates(): how many are alive, for tests that look for leaks. */
Napi::Value meter_states(const Napi::CallbackInfo& info);

}  // namespace rxgst
