#include "fanout.h"

#include <vector>

namespace rxgst {
namespace {

struct SinkContext {
  std::shared_ptr<FanoutState> state;
  FanoutState::Kind kind;
};

GstFlowReturn new_sample(GstAppSink* sink, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  context->state->on_sample(sink, context->kind);
  return GST_FLOW_OK;
}

void end_of_stream(GstAppSink*, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  context->state->on_end(context->kind);
}

int64_t running_time(const GstSegment* segment, GstClockTime time) {
  guint64 value = 0;
  const int sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &value);
  return sign < 0 ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
}

}  // namespace

/** Whether no target has room, though there are some that take packets. */
bool FanoutState::all_full() {
  bool some = false;
  for (auto& [id, target] : targets) {
    if (!target->flowing) continue;
    some = true;
    if (static_cast<int64_t>(gst_app_src_get_current_level_time(target->video.get())) < max_queue_ns / 2) return false;
  }
  return some;
}

/**
 * Encoder's thread. Packets go over in running time: x264enc stamps from 1000 hours with a segment that starts there,
 * and raw timestamps beside sound from 0 would make a muxer wait for ever. Each connection counts from 0 at its first
 * keyframe. Pushing to an appsrc never blocks (block=false), and a queue past its bound loses pictures up to the next
 * keyframe: a slow target costs nobody else anything.
 */
void FanoutState::on_sample(GstAppSink* sink, Kind kind) {
  SampleRef sample(gst_app_sink_try_pull_sample(sink, 0));
  if (!sample) return;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (!buffer || !caps || !GST_BUFFER_PTS_IS_VALID(buffer)) return;
  const GstSegment* segment = gst_sample_get_segment(sample.get());
  const bool video = kind == Kind::video;
  const bool key = video && !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  const size_t size = gst_buffer_get_size(buffer);
  int64_t pts = running_time(segment, GST_BUFFER_PTS(buffer));
  int64_t dts = GST_BUFFER_DTS_IS_VALID(buffer) ? running_time(segment, GST_BUFFER_DTS(buffer)) : pts;

  std::unique_lock lock(mutex);
  // The network sets the pace then: the encoder waits, and so the queue before it, and so its writer. A target that
  // takes nothing any more is removed by its publisher's watch, which ends the wait. Sound never waits: a muxer takes no
  // picture before the sound beside it.
  while (video && patient && !closed && all_full()) {
    lock.unlock();
    g_usleep(2000);
    lock.lock();
  }
  CapsRef& current = video ? video_caps : audio_caps;
  if (!current || !gst_caps_is_equal(current.get(), caps)) {
    current.reset(gst_caps_ref(caps));
    for (auto& [id, target] : targets) (video ? target->has_video_caps : target->has_audio_caps) = false;
  }
  if (video) {
    ++video_packets;
    video_bytes += size;
    keyframes += key;
  } else {
    audio_bytes += size;
    pts -= audio_delay;
    dts -= audio_delay;
  }
  for (auto& [id, target] : targets) {
    GstAppSrc* source = video ? target->video.get() : target->audio.get();
    bool& has_caps = video ? target->has_video_caps : target->has_audio_caps;
    if (!has_caps) {
      gst_app_src_set_caps(source, caps);
      has_caps = true;
    }
    if (key && !target->flowing) {
      target->flowing = true;
      if (!target->based) {
        target->based = true;
        target->base = dts;
      }
    }
    const int64_t at = dts - target->base;
    if (!target->based || at < 0 || (video && !target->flowing)) {
      if (video && target->based) ++target->dropped;
      continue;
    }
    if (gst_app_src_get_current_level_buffers(source) > 0 &&
        static_cast<int64_t>(gst_app_src_get_current_level_time(source)) > max_queue_ns) {
      ++target->dropped;
      if (video) target->flowing = false;
      continue;
    }
    GstBuffer* copy = gst_buffer_copy(buffer);
    GST_BUFFER_PTS(copy) = static_cast<GstClockTime>(pts - target->base);
    GST_BUFFER_DTS(copy) = static_cast<GstClockTime>(at);
    GST_BUFFER_FLAG_UNSET(copy, GST_BUFFER_FLAG_DISCONT);
    ++target->packets;
    target->bytes += size;
    if (video) target->last_video = at;
    gst_app_src_push_buffer(source, copy);
  }
}

void FanoutState::on_end(Kind kind) {
  std::lock_guard lock(mutex);
  (kind == Kind::video ? video_ended : audio_ended) = true;
  for (auto& [id, target] : targets) {
    gst_app_src_end_of_stream(kind == Kind::video ? target->video.get() : target->audio.get());
  }
}

Napi::Function Fanout::define(Napi::Env env) {
  return DefineClass(env, "Fanout",
                     {InstanceMethod("add", &Fanout::add), InstanceMethod("remove", &Fanout::remove),
                      InstanceMethod("stats", &Fanout::stats), InstanceMethod("close", &Fanout::close)});
}

/** new Fanout(videoAppsink, audioAppsink, { audioDelay (s), maxQueue (s), patient }) */
Fanout::Fanout(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Fanout>(info) {
  state_ = std::make_shared<FanoutState>();
  auto options = info[2].As<Napi::Object>();
  state_->audio_delay = static_cast<int64_t>(options.Get("audioDelay").ToNumber().DoubleValue() * 1e9);
  state_->max_queue_ns = static_cast<int64_t>(options.Get("maxQueue").ToNumber().DoubleValue() * 1e9);
  state_->patient = options.Get("patient").ToBoolean().Value();
  for (const auto kind : {FanoutState::Kind::video, FanoutState::Kind::audio}) {
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = new_sample;
    callbacks.eos = end_of_stream;
    gst_app_sink_set_callbacks(pointer_argument<GstAppSink>(info[kind == FanoutState::Kind::video ? 0 : 1]), &callbacks,
                               new SinkContext{state_, kind},
                               [](gpointer data) { delete static_cast<SinkContext*>(data); });
  }
}

/** add(videoAppsrc, audioAppsrc): the target's number. It starts at the next keyframe. */
Napi::Value Fanout::add(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<FanoutTarget>();
  target->video = ref_object(pointer_argument<GstAppSrc>(info[0]));
  target->audio = ref_object(pointer_argument<GstAppSrc>(info[1]));
  const uint32_t id = next_id_++;
  std::lock_guard lock(state_->mutex);
  state_->targets[id] = std::move(target);
  return Napi::Number::New(info.Env(), id);
}

Napi::Value Fanout::remove(const Napi::CallbackInfo& info) {
  std::shared_ptr<FanoutTarget> removed;
  {
    std::lock_guard lock(state_->mutex);
    auto found = state_->targets.find(info[0].ToNumber().Uint32Value());
    if (found == state_->targets.end()) return info.Env().Undefined();
    removed = std::move(found->second);
    state_->targets.erase(found);
  }
  // Its appsrcs may be the last references on elements: let go of them off the JS thread.
  run_detached([removed = std::move(removed)]() mutable { removed.reset(); });
  return info.Env().Undefined();
}

/** close(): nothing waits for a target any more. */
Napi::Value Fanout::close(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  state_->closed = true;
  return info.Env().Undefined();
}

/** stats(id?): of a target { packets, bytes, dropped, queueMs, flowing } or null; without id, of the program. */
Napi::Value Fanout::stats(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  std::lock_guard lock(state_->mutex);
  if (info[0].IsNumber()) {
    auto found = state_->targets.find(info[0].ToNumber().Uint32Value());
    if (found == state_->targets.end()) return env.Null();
    const FanoutTarget& target = *found->second;
    result["packets"] = static_cast<double>(target.packets);
    result["bytes"] = static_cast<double>(target.bytes);
    result["dropped"] = static_cast<double>(target.dropped);
    result["queueMs"] = static_cast<double>(gst_app_src_get_current_level_time(target.video.get())) / 1e6;
    result["flowing"] = Napi::Boolean::New(env, target.flowing);
    return result;
  }
  result["videoPackets"] = static_cast<double>(state_->video_packets);
  result["videoBytes"] = static_cast<double>(state_->video_bytes);
  result["audioBytes"] = static_cast<double>(state_->audio_bytes);
  result["keyframes"] = static_cast<double>(state_->keyframes);
  result["ended"] = Napi::Boolean::New(env, state_->video_ended && state_->audio_ended);
  return result;
}

}  // namespace rxgst
