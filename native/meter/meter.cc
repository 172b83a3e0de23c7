#include "meter/meter.h"

#include <optional>
#include <utility>

#include "gst/element.h"
#include "gst/running_time.h"
#include "meter/places.h"

namespace rxgst {
namespace {

// Limits of a believable stamp. One outside of them comes from a clock that disagrees with ours: it lies in the future
// (clocks of one network agree within some ms), or long ago.
constexpr double earliest_stamp_ms = -50;
constexpr double latest_stamp_ms = 10 * 60 * 1000;

int64_t or_none(std::optional<int64_t> time) { return time.value_or(INT64_MIN); }

}  // namespace

std::atomic<int> MeterState::alive{0};

MeterState::MeterState(const MeterWants& wants)
    : wants(wants), video(wants.flow), audio(wants.flow), audio_health(wants.audio) {
  ++alive;
}

MeterState::~MeterState() { --alive; }

/** Streaming thread. */
void MeterState::packet(GstPad* pad, GstBuffer* buffer, bool is_video, StampReader reader, size_t length_size) {
  Packet packet;
  packet.arrival_us = now_us();
  packet.pts = or_none(running_time(pad, GST_BUFFER_PTS(buffer)));
  packet.dts = or_none(running_time(pad, GST_BUFFER_DTS(buffer)));
  packet.size = gst_buffer_get_size(buffer);
  packet.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  packet.video = is_video;
  (is_video ? video : audio).add(packet);
  if (!wants.stamps || !reader) return;
  const MappedBuffer bytes(buffer);
  const auto stamp = reader(bytes.data(), bytes.size(), length_size);
  if (!stamp) return;
  stamps.note(static_cast<int64_t>(GST_BUFFER_PTS(buffer)), *stamp);
  std::lock_guard lock(mutex);
  stamps_arrived_ms.add(packet.arrival_us, static_cast<double>(g_get_real_time() - *stamp) / 1000);
}

/** The I/O thread. */
void MeterState::on_packet(const rtmp::RelayedPacket& relayed) {
  constexpr int64_t ns_per_ms = 1'000'000;
  (relayed.video ? video : audio)
      .add({relayed.arrival_us, relayed.shown_ms * ns_per_ms, relayed.decoded_ms * ns_per_ms, relayed.bytes,
            relayed.key, relayed.video});
}

void MeterState::enter(int64_t key) { entered_us.note(key, now_us()); }

/** Streaming thread. */
void MeterState::leave(int64_t key) {
  std::shared_ptr<AcceptedTimes> from;
  {
    std::lock_guard lock(mutex);
    from = accepted;
  }
  const auto at = from ? from->times.of(key) : entered_us.of(key);
  if (!at) return;
  const int64_t now = now_us();
  std::lock_guard lock(mutex);
  latency.add(now, static_cast<double>(now - *at) / 1000);
}

/** JS thread. */
void MeterState::delivered(GstClockTime pts, int64_t arrival_us) {
  const int64_t now = now_us();
  const auto stamp = wants.stamps ? stamps.of(static_cast<int64_t>(pts)) : std::nullopt;
  std::lock_guard lock(mutex);
  if (wants.latency) latency.add(now, static_cast<double>(now - arrival_us) / 1000);
  if (stamp) stamps_delivered_ms.add(now, static_cast<double>(g_get_real_time() - *stamp) / 1000);
}

void MeterState::reset() {
  video.reset();
  audio.reset();
  audio_health.reset();
  entered_us.clear();
  stamps.clear();
  std::lock_guard lock(mutex);
  latency.clear();
  stamps_arrived_ms.clear();
  stamps_delivered_ms.clear();
  // The probes of the old connection may still run: they keep its PictureHealth.
  if (pictures) pictures->end(ended);
  pictures = wants.freeze || wants.black ? std::make_shared<PictureHealth>(wants.freeze, wants.black) : nullptr;
}

Napi::Function Meter::define(Napi::Env env) {
  return DefineClass(
      env, "Meter",
      {InstanceMethod("watchPackets", &Meter::watch_packets), InstanceMethod("watchRaw", &Meter::watch_raw),
       InstanceMethod("watchEntry", &Meter::watch_entry), InstanceMethod("watchExit", &Meter::watch_exit),
       InstanceMethod("watchTap", &Meter::watch_tap), InstanceMethod("watchPacer", &Meter::watch_pacer),
       InstanceMethod("watchRelay", &Meter::watch_relay), InstanceMethod("unwatch", &Meter::unwatch),
       InstanceMethod("reset", &Meter::reset), InstanceMethod("read", &Meter::read),
       InstanceMethod("close", &Meter::close)});
}

/** new Meter({ bitrate, fps, …: boolean }): the wanted metrics, by name. */
Meter::Meter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Meter>(info) {
  auto given = info[0].As<Napi::Object>();
  const auto on = [&](const char* name) { return given.Get(name).ToBoolean().Value(); };
  MeterWants wants;
  wants.flow.bitrate = on("bitrate");
  wants.flow.rate = on("fps");
  wants.flow.jitter = on("jitter");
  wants.flow.keyframes = on("keyframeInterval");
  wants.flow.holes = on("droppedFrames");
  wants.flow.skew = on("avDrift");
  wants.flow.lateness = on("lateness");
  wants.latency = on("latency");
  wants.stamps = on("endToEndLatency");
  wants.freeze = on("freeze");
  wants.black = on("black");
  wants.audio = {on("silence"), on("loudness"), on("truePeak")};
  state_ = std::make_shared<MeterState>(wants);
  state_->reset();
}

Meter::~Meter() { close_now(); }

void Meter::let_go_of_tap() {
  if (tap_) std::erase_if(tap_->listeners, [&](const auto& one) { return one == state_; });
  tap_.reset();
}

void Meter::let_go_of_pacer() {
  std::lock_guard lock(state_->mutex);
  if (state_->accepted) --state_->accepted->users;
  state_->accepted.reset();
}

void Meter::let_go_of_relay() {
  if (relay_) relay_->remove_listener(state_.get());
  relay_.reset();
}

void Meter::close_now() {
  if (!state_) return;
  probes_.clear();
  let_go_of_tap();
  let_go_of_pacer();
  let_go_of_relay();
  state_.reset();
}

/** (element, pad): a number for unwatch(); null: the pad does not exist (any more). */
template <class Place>
Napi::Value Meter::watch(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Null();
  const std::string name = info[1].As<Napi::String>();
  const ObjectRef<GstElement> element = find_element(info[0]);
  ObjectRef<GstPad> pad(element ? gst_element_get_static_pad(element.get(), name.c_str()) : nullptr);
  if (!pad) return info.Env().Null();
  PadProbe probe(std::move(pad), each_buffer,
                 [state = state_, place = Place()](GstPad* at, GstPadProbeInfo* buffers) mutable {
                   for_each_buffer(buffers, [&](GstBuffer* buffer) { place.see(*state, at, buffer); });
                   return GST_PAD_PROBE_OK;
                 });
  probes_.emplace(next_id_, std::move(probe));
  return Napi::Number::New(info.Env(), next_id_++);
}

/** watchPackets(element, pad): encoded video or audio, by the pad's caps. */
Napi::Value Meter::watch_packets(const Napi::CallbackInfo& info) { return watch<PacketPlace>(info); }
/** watchRaw(element, pad): pictures in I420 or NV12, or audio in F32 or S16. */
Napi::Value Meter::watch_raw(const Napi::CallbackInfo& info) { return watch<RawPlace>(info); }
/**
 * watchEntry(element, pad), watchExit(element, pad, tags): latency begins and ends here. Running time connects both.
 */
Napi::Value Meter::watch_entry(const Napi::CallbackInfo& info) { return watch<EntryPlace>(info); }
Napi::Value Meter::watch_exit(const Napi::CallbackInfo& info) {
  return info[2].ToBoolean().Value() ? watch<TagPlace>(info) : watch<ExitPlace>(info);
}

/** watchTap(tap | null): latency ends where JS takes pictures from this tap; one tap at a time. */
Napi::Value Meter::watch_tap(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  let_go_of_tap();
  if (info[0].IsObject()) {
    tap_ = VideoTap::Unwrap(info[0].As<Napi::Object>())->state();
    tap_->listeners.push_back(state_);
  }
  return info.Env().Undefined();
}

/** watchPacer(pacer | null): latency begins where pictures are written to this pacer. */
Napi::Value Meter::watch_pacer(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  let_go_of_pacer();
  if (info[0].IsObject()) {
    auto accepted = Pacer::Unwrap(info[0].As<Napi::Object>())->accepted();
    if (accepted) ++accepted->users;
    std::lock_guard lock(state_->mutex);
    state_->accepted = std::move(accepted);
  }
  return info.Env().Undefined();
}

/** watchRelay(relay | null): the packets that it copies. */
Napi::Value Meter::watch_relay(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  let_go_of_relay();
  if (info[0].IsObject()) relay_ = PacketRelayHandle::Unwrap(info[0].As<Napi::Object>())->relay();
  if (relay_) relay_->add_listener(state_);
  return info.Env().Undefined();
}

Napi::Value Meter::unwatch(const Napi::CallbackInfo& info) {
  probes_.erase(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

/** reset(): a new connection begins. Called before its pads are watched. */
Napi::Value Meter::reset(const Napi::CallbackInfo& info) {
  if (state_) state_->reset();
  return info.Env().Undefined();
}

Napi::Value Meter::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

namespace {

class Writer {
 public:
  explicit Writer(Napi::Env env) : env_(env), object_(Napi::Object::New(env)) {}
  Writer& put(const char* name, std::optional<double> value) {
    object_[name] = value ? Napi::Value(Napi::Number::New(env_, *value)) : env_.Null();
    return *this;
  }
  Writer& put(const char* name, Napi::Value value) {
    object_[name] = value;
    return *this;
  }
  Napi::Object object() const { return object_; }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

Napi::Object write_flow(Napi::Env env, Flow& flow, const FlowParts& parts, int64_t now) {
  const FlowReading reading = flow.read(now);
  Writer writer(env);
  writer.put("bytes", static_cast<double>(reading.bytes)).put("packets", static_cast<double>(reading.packets));
  writer.put("keyframes", static_cast<double>(reading.keyframes)).put("missing", static_cast<double>(reading.missing));
  const auto since = [&](int64_t at) { return static_cast<double>(now - at) / 1e6; };
  writer.put("sinceLast", reading.last_arrival_us ? std::optional(since(*reading.last_arrival_us)) : std::nullopt);
  if (parts.bitrate) writer.put("bitsPerSecond", reading.bits_per_second);
  if (parts.rate) writer.put("perSecond", reading.per_second).put("perSecondPts", reading.per_second_pts);
  if (parts.jitter) {
    writer.put("jitter", reading.jitter).put("jitterP50", reading.jitter_p50);
    writer.put("jitterP90", reading.jitter_p90).put("jitterP99", reading.jitter_p99);
  }
  if (parts.keyframes) {
    writer.put("keyframeLast", reading.keyframe_last).put("keyframeMax5", reading.keyframe_max5);
    writer.put("keyframeAge", reading.keyframe_age);
    writer.put("reordered", reading.reordered ? std::optional<double>(*reading.reordered) : std::nullopt);
  }
  if (parts.skew) writer.put("late", reading.late).put("lateAtFirst", reading.late_at_first);
  if (parts.lateness) writer.put("lateness", reading.lateness);
  return writer.object();
}

/** None if the value cannot come from a clock that agrees with ours. */
std::optional<double> believable(std::optional<double> ms) {
  return ms && *ms >= earliest_stamp_ms && *ms <= latest_stamp_ms ? ms : std::nullopt;
}

}  // namespace

/** read(): all wanted metrics now; the type is NativeMeterReading in src/addon/meter.ts. */
Napi::Value Meter::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!state_) return env.Null();
  MeterState& state = *state_;
  const MeterWants& wants = state.wants;
  const int64_t now = now_us();
  Writer writer(env);
  writer.put("video", write_flow(env, state.video, wants.flow, now));
  writer.put("audio", write_flow(env, state.audio, wants.flow, now));

  EndedIntervals ended;
  PictureContent pictures;
  {
    std::lock_guard lock(state.mutex);
    if (wants.latency) {
      const auto sorted = state.latency.sorted(now);
      writer.put("latency", percentile(sorted, 0.5)).put("latencyP95", percentile(sorted, 0.95));
    }
    if (wants.stamps) {
      // If JS takes pictures: their age at that moment; else their age at arrival.
      auto sorted = state.stamps_delivered_ms.sorted(now);
      if (sorted.empty()) sorted = state.stamps_arrived_ms.sorted(now);
      writer.put("endToEnd", believable(percentile(sorted, 0.5)))
          .put("endToEndP95", believable(percentile(sorted, 0.95)));
    }
    for (const EndedInterval& one : state.ended.take()) ended.add(one.kind, one.start, one.end);
    if (state.pictures) pictures = state.pictures->read(ended);
  }
  if (wants.freeze) writer.put("freeze", pictures.freeze);
  if (wants.black) writer.put("black", pictures.black);
  if (wants.audio.silence || wants.audio.loudness || wants.audio.true_peak) {
    const AudioContent audio = state.audio_health.read(ended);
    if (wants.audio.silence) {
      writer.put("silence", audio.silence);
      auto channels = Napi::Array::New(env, audio.channels.size());
      for (uint32_t i = 0; i < audio.channels.size(); ++i) channels[i] = audio.channels[i];
      writer.put("silentChannels", channels);
    }
    if (wants.audio.loudness) {
      writer.put("shortTerm", audio.short_term).put("momentary", audio.momentary).put("integrated", audio.integrated);
    }
    if (wants.audio.true_peak) writer.put("truePeak", audio.true_peak);
  }
  constexpr const char* kinds[] = {"freeze", "black", "silence"};
  auto intervals = Napi::Array::New(env);
  uint32_t index = 0;
  for (const EndedInterval& one : ended.take()) {
    Writer interval(env);
    interval.put("kind", Napi::String::New(env, kinds[static_cast<size_t>(one.kind)]));
    interval.put("start", static_cast<double>(one.start) / 1e9).put("end", static_cast<double>(one.end) / 1e9);
    intervals[index++] = interval.object();
  }
  return writer.put("intervals", intervals).object();
}

Napi::Value meter_states(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), MeterState::alive.load());
}

}  // namespace rxgst
