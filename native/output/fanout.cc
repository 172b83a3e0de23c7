#include "output/fanout.h"

#include <algorithm>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

struct SinkContext {
  std::shared_ptr<FanoutState> state;
  FanoutState::Kind kind;
  uint32_t encoders;
};

GstFlowReturn new_sample(GstAppSink* sink, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  context->state->on_sample(sink, context->kind, context->encoders);
  return GST_FLOW_OK;
}

void end_of_stream(GstAppSink*, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  context->state->on_end(context->kind, context->encoders);
}

// How long tags wait for each other to be sorted by time. If a clock paces the output: audio may be written one second
// ahead. Without a clock audio may be anywhere, and the waiting tags are small.
constexpr int64_t max_order_wait_ns = 1'500'000'000;
constexpr int64_t max_order_wait_unpaced_ns = 30'000'000'000;
// Where each has an order of its own, audio is no further ahead of the pictures: players have little room for it.
constexpr int64_t max_audio_ahead_ns = 100'000'000;
// Audio from before a connection's first keyframe that is kept for it: more than a second.
constexpr size_t max_early_tags = 64;

flv::Timestamp to_ms(int64_t ns) { return static_cast<flv::Timestamp>(static_cast<uint64_t>(ns / 1'000'000)); }

/** Releases a target's tags up to a time; without one, all of them. */
void release(FanoutTarget& target, int64_t until = INT64_MAX) {
  while (!target.waiting.empty() && target.waiting.begin()->first <= until) {
    GstBuffer* tag = target.waiting.begin()->second.release();
    target.waiting.erase(target.waiting.begin());
    target.queued.push_back(
        GST_BUFFER_FLAG_IS_SET(tag, GST_BUFFER_FLAG_MARKER) ? static_cast<int64_t>(GST_BUFFER_DTS(tag)) : -1);
    gst_app_src_push_buffer(target.source.get(), tag);
  }
}

/**
 * The time of pictures (ns) that waits for the network. (appsrc's own measure counts one early audio tag as all of it.)
 */
int64_t queue_time(FanoutTarget& target) {
  const size_t level = gst_app_src_get_current_level_buffers(target.source.get());
  while (target.queued.size() > level) target.queued.pop_front();
  const auto picture = [](int64_t time) { return time >= 0; };
  const auto first = std::find_if(target.queued.begin(), target.queued.end(), picture);
  if (first == target.queued.end()) return 0;
  return *std::find_if(target.queued.rbegin(), target.queued.rend(), picture) - *first;
}

/** Sorts a tag by its time; release() takes it from there. */
void place(FanoutTarget& target, BufferRef tag, int64_t at, bool picture) {
  if (!tag) return;
  GST_BUFFER_PTS(tag.get()) = GST_BUFFER_DTS(tag.get()) = static_cast<GstClockTime>(at);
  if (picture) GST_BUFFER_FLAG_SET(tag.get(), GST_BUFFER_FLAG_MARKER);
  target.waiting.emplace(at, std::move(tag));
}

}  // namespace

/** Whether some targets take packets, and none of them has room. */
bool FanoutState::all_full() {
  bool some = false;
  for (auto& [id, target] : targets) {
    if (!target->flowing) continue;
    some = true;
    if (queue_time(*target) < max_queue_ns / 2) return false;
  }
  return some;
}

/**
 * Encoder's thread. Packets have running time: x264enc stamps from 1000 hours on, with a segment that starts there, and
 * audio encoders from 0. Each connection starts with a keyframe, and its zero is just before it. A push never blocks
 * (block=false), and a queue over its limit loses pictures up to the next keyframe: a slow target delays no other
 * target.
 */
void FanoutState::on_sample(GstAppSink* sink, Kind kind, uint32_t from) {
  SampleRef sample(gst_app_sink_try_pull_sample(sink, 0));
  if (!sample) return;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (!buffer || !caps || !GST_BUFFER_PTS_IS_VALID(buffer)) return;
  const GstSegment& segment = *gst_sample_get_segment(sample.get());
  const bool video = kind == Kind::video;
  int64_t pts = running_time(segment, GST_BUFFER_PTS(buffer)).value_or(0);
  int64_t dts = GST_BUFFER_DTS_IS_VALID(buffer) ? running_time(segment, GST_BUFFER_DTS(buffer)).value_or(0) : pts;

  std::unique_lock lock(mutex);
  if (from != encoders) return;
  // The network sets the pace here: the encoder waits, then the queue before it, and then the writer. The publisher's
  // watchdog removes a target that takes nothing more, which ends the wait. Audio never waits: its encoder's queue
  // would block the pacer's thread.
  while (video && patient && !closed && from == encoders && all_full()) {
    waiting = true;
    lock.unlock();
    g_usleep(2000);
    lock.lock();
  }
  if (video) waiting = false;
  if (from != encoders) return;
  CapsRef& current = video ? video_caps : audio_caps;
  if (!current || !gst_caps_is_equal(current.get(), caps)) {
    current.reset(gst_caps_ref(caps));
    if (video) {
      video_syntax = syntax_of(caps);
      // That of AV1 comes with its sequence header.
      GstBuffer* record = video_syntax == UnitSyntax::av1 ? video_record.get() : codec_data(caps);
      video_record = BufferRef(record ? gst_buffer_ref(record) : nullptr);
    }
    for (auto& [id, target] : targets) (video ? target->has_video_header : target->has_audio_header) = false;
  }
  BufferRef made;
  if (video && video_syntax == UnitSyntax::av1) {
    made = av1_packet(buffer);
    if (!made) return;
    buffer = made.get();
    dts = pts;
  }
  const bool key = video && !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  const size_t size = gst_buffer_get_size(buffer);
  if (video) {
    ++video_packets;
    video_bytes += size;
    keyframes += key;
  } else {
    audio_bytes += size;
    pts -= audio_delay;
    dts -= audio_delay;
  }
  for (auto& [id, pointer] : targets) {
    FanoutTarget& target = *pointer;
    if (!target.based && !video) {
      target.early.emplace_back(dts, BufferRef(gst_buffer_ref(buffer)));
      if (target.early.size() > max_early_tags) target.early.pop_front();
      continue;
    }
    const bool begins = key && !target.based;
    if (key) target.flowing = true;
    if (begins) {
      target.based = true;
      // The first audio packet is one block before the picture: a decoder needs it before it can decode the next one.
      // The zero is in whole milliseconds, so that pictures keep the rounding of their own times.
      target.base_ns = dts - (audio_delay + 999'999) / 1'000'000 * 1'000'000;
      place(target, flv::metadata_tag(metadata, codec_of(video_syntax), 0), 0, false);
    }
    if (!target.based) continue;
    hand_over(target, kind, buffer, key, dts, pts);
    for (auto& [time, audio] : target.early) hand_over(target, Kind::audio, audio.get(), false, time, time);
    target.early.clear();
    let_go(target);
  }
}

/** As RTMP carries it, with a keyframe's mark of its own; null: it has no picture, or no sequence header has come. */
BufferRef FanoutState::av1_packet(GstBuffer* from) {
  const MappedBuffer bytes(from);
  const auto unit = av1_units.make(bytes.data(), bytes.size(), metadata.bt709 ? av1::bt709 : av1::bt601);
  if (!unit) return nullptr;
  const std::vector<uint8_t>& record = av1_units.record();
  const bool same = video_record && gst_buffer_get_size(video_record.get()) == record.size() &&
                    gst_buffer_memcmp(video_record.get(), 0, record.data(), record.size()) == 0;
  if (!same) {
    video_record.reset(gst_buffer_new_memdup(record.data(), record.size()));
    for (auto& [id, target] : targets) target->has_video_header = false;
  }
  BufferRef made(gst_buffer_new_memdup(unit->bytes.data(), unit->bytes.size()));
  gst_buffer_copy_into(made.get(), from, GST_BUFFER_COPY_TIMESTAMPS, 0, static_cast<gsize>(-1));
  if (!unit->key) GST_BUFFER_FLAG_SET(made.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return made;
}

/** Gives one packet to one target, whose zero is known. */
void FanoutState::hand_over(FanoutTarget& target, Kind kind, GstBuffer* packet, bool key, int64_t dts, int64_t pts) {
  const bool video = kind == Kind::video;
  const int64_t at = dts - target.base_ns;
  if (at < 0) return;
  // A target that is too slow loses audio together with its pictures; if the network sets the pace, it loses nothing.
  const bool full = !patient && queue_time(target) > max_queue_ns;
  if ((video && !target.flowing) || full) {
    ++target.dropped;
    if (video) target.flowing = false;
    return;
  }
  bool& has_header = video ? target.has_video_header : target.has_audio_header;
  if (!has_header) {
    has_header = true;
    place(target,
          video ? flv::video_header_tag(codec_of(video_syntax), video_record.get(), to_ms(at))
                : flv::aac_header_tag(codec_data(audio_caps.get()), to_ms(at)),
          at, false);
    if (video && !target.has_audio_header) {
      // Players decide by the first tags which tracks a stream has. The AAC encoder gives its first packet three
      // pictures late, but its configuration is known.
      target.has_audio_header = static_cast<bool>(audio_caps);
      BufferRef config = flv::aac_config(metadata.rate, metadata.channels);
      place(target, flv::aac_header_tag(audio_caps ? codec_data(audio_caps.get()) : config.get(), 0), 0, false);
    }
  }
  ++target.packets;
  target.bytes += gst_buffer_get_size(packet);
  if (video) {
    const auto composition = static_cast<int32_t>(to_ms(pts - target.base_ns) - to_ms(at));
    BufferRef tag = flv::video_tag(codec_of(video_syntax), packet, key, to_ms(at), composition);
    // The output's running time: a meter at the sink finds by it when the picture was written.
    if (tag) GST_BUFFER_OFFSET_END(tag.get()) = static_cast<guint64>(pts);
    place(target, std::move(tag), at, true);
  } else {
    place(target, flv::aac_tag(packet, to_ms(at)), at, false);
  }
  (video ? target.last_video : target.last_audio) = at;
}

/**
 * Releases what need not wait any more. rtmp2sink and librtmp send audio and pictures on one chunk stream, as
 * differences of time, and a server that does not wrap a negative one at 32 bits (node-media-server) breaks the stream:
 * there both leave in one order, and a picture waits for the audio beside it, which its encoder gives later. rxrtmpsink
 * has a chunk stream for each, and a picture waits for nothing. Whichever track stops, the other waits no longer than
 * `order`.
 */
void FanoutState::let_go(FanoutTarget& target) {
  // Without a clock audio may be written far ahead of its pictures.
  const int64_t order = patient ? max_order_wait_unpaced_ns : max_order_wait_ns;
  const int64_t last = std::max(target.last_video, target.last_audio);
  const int64_t complete =
      target.ordered ? std::min(target.last_video, target.last_audio) : target.last_video + max_audio_ahead_ns;
  release(target, std::max(complete, last - order));
}

void FanoutState::on_end(Kind kind, uint32_t from) {
  std::lock_guard lock(mutex);
  if (from != encoders || !finishing) return;
  (kind == Kind::video ? video_ended : audio_ended) = true;
  if (!video_ended || !audio_ended) return;
  for (auto& [id, target] : targets) {
    release(*target);
    gst_app_src_end_of_stream(target->source.get());
  }
}

Napi::Function Fanout::define(Napi::Env env) {
  return DefineClass(env, "Fanout",
                     {InstanceMethod("attach", &Fanout::attach), InstanceMethod("finish", &Fanout::finish),
                      InstanceMethod("add", &Fanout::add), InstanceMethod("remove", &Fanout::remove),
                      InstanceMethod("stats", &Fanout::stats), InstanceMethod("close", &Fanout::close)});
}

/**
 * new Fanout(videoAppsink, audioAppsink, { audioDelay (s), maxQueue (s), patient, width, height, fps, bt709, videoKbps,
 * audioKbps, rate, channels })
 */
Fanout::Fanout(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Fanout>(info) {
  state_ = std::make_shared<FanoutState>();
  auto options = info[2].As<Napi::Object>();
  state_->audio_delay = static_cast<int64_t>(options.Get("audioDelay").ToNumber().DoubleValue() * 1e9);
  state_->max_queue_ns = static_cast<int64_t>(options.Get("maxQueue").ToNumber().DoubleValue() * 1e9);
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().DoubleValue(); };
  state_->metadata = {static_cast<int>(number("width")),
                      static_cast<int>(number("height")),
                      number("fps"),
                      number("videoKbps"),
                      number("audioKbps"),
                      static_cast<int>(number("rate")),
                      static_cast<int>(number("channels")),
                      options.Get("bt709").ToBoolean().Value()};
  state_->patient = options.Get("patient").ToBoolean().Value();
  take(element_argument<GstAppSink>(info[0]).get(), element_argument<GstAppSink>(info[1]).get());
}

void Fanout::take(GstAppSink* video, GstAppSink* audio) {
  uint32_t encoders = 0;
  {
    std::lock_guard lock(state_->mutex);
    encoders = ++state_->encoders;
  }
  for (const auto kind : {FanoutState::Kind::video, FanoutState::Kind::audio}) {
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = new_sample;
    callbacks.eos = end_of_stream;
    gst_app_sink_set_callbacks(kind == FanoutState::Kind::video ? video : audio, &callbacks,
                               new SinkContext{state_, kind, encoders}, delete_as<SinkContext>);
  }
}

/** attach(videoAppsink, audioAppsink): from now on packets come from these encoders. */
Napi::Value Fanout::attach(const Napi::CallbackInfo& info) {
  take(element_argument<GstAppSink>(info[0]).get(), element_argument<GstAppSink>(info[1]).get());
  return info.Env().Undefined();
}

/** finish(): the targets end when the encoders' streams end. */
Napi::Value Fanout::finish(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  state_->finishing = true;
  return info.Env().Undefined();
}

/**
 * add(appsrc, ordered): returns the target's number. The target starts at the next keyframe. `ordered`: audio and
 * pictures leave in one order of time.
 */
Napi::Value Fanout::add(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<FanoutTarget>();
  target->source = element_argument<GstAppSrc>(info[0]);
  target->ordered = info[1].ToBoolean().Value();
  const uint32_t id = next_id_++;
  std::lock_guard lock(state_->mutex);
  state_->targets[id] = std::move(target);
  return Napi::Number::New(info.Env(), id);
}

/**
 * remove(target, end): nothing more goes to this target. With `end` its waiting tags leave, followed by end-of-stream;
 * otherwise they are lost. Returns how many packets are lost.
 */
Napi::Value Fanout::remove(const Napi::CallbackInfo& info) {
  std::shared_ptr<FanoutTarget> removed;
  {
    std::lock_guard lock(state_->mutex);
    auto found = state_->targets.find(info[0].ToNumber().Uint32Value());
    if (found == state_->targets.end()) return Napi::Number::New(info.Env(), 0);
    removed = std::move(found->second);
    state_->targets.erase(found);
  }
  size_t lost = 0;
  if (info[1].ToBoolean().Value()) {
    release(*removed);
    gst_app_src_end_of_stream(removed->source.get());
  } else {
    lost = removed->waiting.size() + gst_app_src_get_current_level_buffers(removed->source.get());
  }
  // Its appsrc may be the last reference on an element: release it off the JS thread.
  run_detached([removed = std::move(removed)]() mutable { removed.reset(); });
  return Napi::Number::New(info.Env(), static_cast<double>(lost));
}

/** close(): ends every wait for a target. */
Napi::Value Fanout::close(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  state_->closed = true;
  return info.Env().Undefined();
}

/**
 * stats(id?): of a target { packets, bytes, dropped, queueMs, flowing, position (ms) } or null; without id, of the
 * output.
 */
Napi::Value Fanout::stats(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  std::lock_guard lock(state_->mutex);
  if (info[0].IsNumber()) {
    auto found = state_->targets.find(info[0].ToNumber().Uint32Value());
    if (found == state_->targets.end()) return env.Null();
    FanoutTarget& target = *found->second;
    result["packets"] = static_cast<double>(target.packets);
    result["bytes"] = static_cast<double>(target.bytes);
    result["dropped"] = static_cast<double>(target.dropped);
    result["queueMs"] = static_cast<double>(queue_time(target)) / 1e6;
    result["flowing"] = Napi::Boolean::New(env, target.flowing);
    result["position"] = static_cast<double>(std::max(target.last_video, target.last_audio)) / 1e6;
    return result;
  }
  result["videoPackets"] = static_cast<double>(state_->video_packets);
  result["videoBytes"] = static_cast<double>(state_->video_bytes);
  result["audioBytes"] = static_cast<double>(state_->audio_bytes);
  result["keyframes"] = static_cast<double>(state_->keyframes);
  result["waiting"] = Napi::Boolean::New(env, state_->waiting);
  result["ended"] = Napi::Boolean::New(env, state_->video_ended && state_->audio_ended);
  return result;
}

}  // namespace rxgst
