// The fan-out: encoded packets of one output to any number of publishers, as FLV tags, without JavaScript.
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
#include "output/av1_units.h"
#include "output/flv.h"
#include "output/stream/listeners.h"
#include "output/stream/stream_target.h"
#include "output/unit_syntax.h"

namespace rxgst {

/** One publisher: its appsrc, and its progress. Guarded by FanoutState::mutex. */
struct FanoutTarget {
  ObjectRef<GstAppSrc> source;
  // Audio and pictures in one order of time, instead of an order each.
  bool ordered = true;
  std::multimap<int64_t, BufferRef> waiting;  // by time, ns
  int64_t last_video = -1;
  int64_t last_audio = -1;
  // Audio from before the first keyframe, which sets this connection's zero; by the output's running time, ns.
  std::deque<std::pair<int64_t, BufferRef>> early;
  // Tags that wait in the appsrc, oldest first: the picture's time, or −1 for any other tag.
  std::deque<int64_t> queued;
  bool has_video_header = false;
  bool has_audio_header = false;
  bool flowing = false;  // since a keyframe
  bool based = false;
  int64_t base_ns = 0;  // the output's running time that is 0 on this connection
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t dropped = 0;

  /** Gives the appsrc the tags up to a time; without one, all of them. */
  void release(int64_t until = INT64_MAX);
  /**
   * The time of pictures (ns) that waits for the network. (appsrc's own measure counts one early audio tag as all of
   * it.)
   */
  int64_t queue_time();
};

class FanoutState {
 public:
  enum class Kind { video, audio };
  /**
   * `encoders`: the number of the attach() call whose encoder gave this packet. Packets of earlier encoders are
   * dropped. `any_encoder`: whoever hands this over knows.
   */
  void on_sample(GstSample* sample, Kind kind, uint32_t encoders);
  void on_end(Kind kind, uint32_t encoders);
  static constexpr uint32_t any_encoder = 0;

  std::mutex mutex;
  // Guarded by mutex:
  std::map<uint32_t, std::shared_ptr<FanoutTarget>> targets;
  Listeners listeners;
  std::map<uint32_t, std::shared_ptr<StreamTarget>> streams;  // they are listeners, too
  flv::Metadata metadata;
  CapsRef video_caps;
  UnitSyntax video_syntax = UnitSyntax::h264;  // of video_caps
  BufferRef video_record;                      // likewise; AV1: of the newest sequence header
  Av1Units av1_units;
  CapsRef audio_caps;
  uint32_t encoders = 0;
  bool finishing = false;  // an end before finish() is a failure
  bool video_ended = false;
  bool audio_ended = false;
  uint64_t video_packets = 0;
  uint64_t video_bytes = 0;
  uint64_t audio_bytes = 0;
  uint64_t keyframes = 0;
  // How far (ns) the audio encoder's packets lead the audio that a decoder makes of them: subtracted from their time.
  int64_t audio_delay = 0;
  int64_t max_queue_ns = 2'000'000'000;
  // The encoder waits for the fastest target instead of losing pictures: for outputs without a clock.
  bool patient = false;
  bool waiting = false;  // the encoder waits now
  bool closed = false;

 private:
  /** Without a clock audio may be written far ahead of its pictures. */
  int64_t longest_wait_ns() const;
  bool all_full();
  bool is_of(uint32_t from) const { return from == any_encoder || from == encoders; }
  BufferRef av1_packet(GstBuffer* from);
  void hand_over(FanoutTarget& target, Kind kind, GstBuffer* packet, bool key, int64_t dts, int64_t pts);
  void let_go(FanoutTarget& target);

  /** Of sound and pictures: packets reach the listeners in their order. Held before `mutex`, never on the JS thread. */
  std::mutex in_order_[2];
};

class Fanout : public Napi::ObjectWrap<Fanout> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Fanout(const Napi::CallbackInfo& info);
  std::shared_ptr<FanoutState> state() const { return state_; }

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value add_stream(const Napi::CallbackInfo& info);
  Napi::Value listen(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  void take(GstAppSink* video);

  std::shared_ptr<FanoutState> state_;
  uint32_t next_id_ = 1;
};

}  // namespace rxgst
