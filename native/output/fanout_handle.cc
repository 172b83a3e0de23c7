// What JavaScript calls of the fan-out.
#include <algorithm>

#include "gst/element.h"
#include "output/fanout.h"

namespace rxgst {
namespace {

struct SinkContext {
  std::shared_ptr<FanoutState> state;
  uint32_t encoders;
};

GstFlowReturn new_sample(GstAppSink* sink, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  const SampleRef sample(gst_app_sink_try_pull_sample(sink, 0));
  if (sample) context->state->on_sample(sample.get(), FanoutState::Kind::video, context->encoders);
  return GST_FLOW_OK;
}

void end_of_stream(GstAppSink*, gpointer data) {
  auto* context = static_cast<SinkContext*>(data);
  context->state->on_end(FanoutState::Kind::video, context->encoders);
}

/** The counters of a target. */
Napi::Object counters(Napi::Env env, const StreamTarget::Stats& stats) {
  auto result = Napi::Object::New(env);
  result["packets"] = static_cast<double>(stats.packets);
  result["bytes"] = static_cast<double>(stats.bytes);
  result["dropped"] = static_cast<double>(stats.dropped);
  result["queueMs"] = static_cast<double>(stats.queue_ns) / 1e6;
  result["flowing"] = Napi::Boolean::New(env, stats.flowing);
  result["position"] = static_cast<double>(stats.position_ns) / 1e6;
  return result;
}

}  // namespace

Napi::Function Fanout::define(Napi::Env env) {
  return DefineClass(env, "Fanout",
                     {InstanceMethod("attach", &Fanout::attach), InstanceMethod("finish", &Fanout::finish),
                      InstanceMethod("add", &Fanout::add), InstanceMethod("addStream", &Fanout::add_stream),
                      InstanceMethod("listen", &Fanout::listen), InstanceMethod("remove", &Fanout::remove),
                      InstanceMethod("stats", &Fanout::stats), InstanceMethod("close", &Fanout::close)});
}

/**
 * new Fanout(videoAppsink, { audioDelay (s), maxQueue (s), patient, width, height, fps, bt709, videoKbps,
 * audioKbps, rate, channels })
 */
Fanout::Fanout(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Fanout>(info) {
  state_ = std::make_shared<FanoutState>();
  auto options = info[1].As<Napi::Object>();
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
  take(element_argument<GstAppSink>(info[0]).get());
}

void Fanout::take(GstAppSink* video) {
  uint32_t encoders = 0;
  {
    std::lock_guard lock(state_->mutex);
    encoders = ++state_->encoders;
  }
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = new_sample;
  callbacks.eos = end_of_stream;
  gst_app_sink_set_callbacks(video, &callbacks, new SinkContext{state_, encoders}, delete_as<SinkContext>);
}

/** attach(videoAppsink): from now on pictures come from this encoder. Audio comes from an AudioFeed. */
Napi::Value Fanout::attach(const Napi::CallbackInfo& info) {
  take(element_argument<GstAppSink>(info[0]).get());
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

/** addStream(appsrc): as add(), for a target that takes an MPEG transport stream. */
Napi::Value Fanout::add_stream(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<StreamTarget>(element_argument<GstAppSrc>(info[0]), state_->max_queue_ns);
  const uint32_t id = next_id_++;
  std::lock_guard lock(state_->mutex);
  state_->streams[id] = target;
  state_->listeners.add(id, std::move(target));
  return Napi::Number::New(info.Env(), id);
}

/** listen(listener): gives it the packets as they are; returns its number, for remove(). */
Napi::Value Fanout::listen(const Napi::CallbackInfo& info) {
  const mux::ListenerRef listener = *info[0].As<Napi::External<mux::ListenerRef>>().Data();
  const uint32_t id = next_id_++;
  std::lock_guard lock(state_->mutex);
  state_->listeners.add(id, listener);
  return Napi::Number::New(info.Env(), id);
}

/**
 * remove(target, end): nothing more goes to this target. With `end` its waiting tags leave, followed by end-of-stream;
 * otherwise they are lost. Returns how many packets are lost.
 */
Napi::Value Fanout::remove(const Napi::CallbackInfo& info) {
  std::shared_ptr<FanoutTarget> removed;
  const uint32_t id = info[0].ToNumber().Uint32Value();
  const bool end = info[1].ToBoolean().Value();
  {
    std::lock_guard lock(state_->mutex);
    if (mux::ListenerRef listener = state_->listeners.remove(id)) {
      auto stream = state_->streams.extract(id);
      const size_t waiting = stream && !end ? stream.mapped()->waiting() : 0;
      // Off the JS thread, as below; so is the writing of what waits.
      auto held = stream ? std::move(stream.mapped()) : nullptr;
      run_detached([listener = std::move(listener), held = std::move(held), end] {
        if (end) listener->on_end();
      });
      return Napi::Number::New(info.Env(), static_cast<double>(waiting));
    }
    auto found = state_->targets.find(id);
    if (found == state_->targets.end()) return Napi::Number::New(info.Env(), 0);
    removed = std::move(found->second);
    state_->targets.erase(found);
  }
  size_t lost = 0;
  if (end) {
    removed->release();
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
    if (const auto stream = state_->streams.find(info[0].ToNumber().Uint32Value()); stream != state_->streams.end())
      return counters(env, stream->second->stats());
    auto found = state_->targets.find(info[0].ToNumber().Uint32Value());
    if (found == state_->targets.end()) return env.Null();
    FanoutTarget& target = *found->second;
    return counters(env, {target.packets, target.bytes, target.dropped, target.queue_time(), target.flowing,
                          std::max(target.last_video, target.last_audio)});
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
