// Encoded packets from one program to any number of publishers, as FLV tags, without a turn through JS.
#pragma once
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <napi.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "gst/refs.h"
#include "js/js.h"
#include "output/flv.h"

namespace rxgst {

/** One publisher: its appsrc and how far it has come. Guarded by FanoutState::mutex. */
struct FanoutTarget {
  ObjectRef<GstAppSrc> source;
  std::multimap<int64_t, BufferRef> waiting;  // by time, ns
  int64_t last_video = -1;
  int64_t last_audio = -1;
  // Sound that came before the first keyframe said what 0 is: by the program's running time, ns.
  std::deque<std::pair<int64_t, BufferRef>> early;
  // What waits in the appsrc, oldest first: its time, or −1 for what is no picture.
  std::deque<int64_t> queued;
  bool has_video_header = false;
  bool has_audio_header = false;
  bool flowing = false;  // since a keyframe
  bool based = false;
  int64_t base = 0;  // the program's running time (ns) that is 0 on this connection
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t dropped = 0;
};

class FanoutState {
 public:
  enum class Kind { video, audio };
  /** `encoders`: by which of attach()'s these came; what an earlier one still gives is dropped. */
  void on_sample(GstAppSink* sink, Kind kind, uint32_t encoders);
  void on_end(Kind kind, uint32_t encoders);

  std::mutex mutex;
  // Guarded by mutex.
  std::map<uint32_t, std::shared_ptr<FanoutTarget>> targets;
  flv::Metadata metadata;
  CapsRef video_caps;
  CapsRef audio_caps;
  uint32_t encoders = 0;
  bool finishing = false;  // an end before that is a failure's
  bool video_ended = false;
  bool audio_ended = false;
  uint64_t video_packets = 0;
  uint64_t video_bytes = 0;
  uint64_t audio_bytes = 0;
  uint64_t keyframes = 0;
  // By how much the audio encoder's packets lead what a decoder makes of them (ns): subtracted on the way.
  int64_t audio_delay = 0;
  int64_t max_queue_ns = 2'000'000'000;
  // Whether the encoder waits for the fastest target rather than losing pictures: for programmes that no clock paces.
  bool patient = false;
  bool waiting = false;  // it does so now
  bool closed = false;

 private:
  bool all_full();
  void hand_over(FanoutTarget& target, Kind kind, GstBuffer* packet, bool key, int64_t dts, int64_t pts);
};

class Fanout : public Napi::ObjectWrap<Fanout> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Fanout(const Napi::CallbackInfo& info);

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  void take(GstAppSink* video, GstAppSink* audio);

  std::shared_ptr<FanoutState> state_;
  uint32_t next_id_ = 1;
};

}  // namespace rxgst
