#include "output/outlets/audio_feed.h"

#include <algorithm>

#include "gst/element.h"

namespace rxgst {
namespace {

struct FeedContext {
  std::shared_ptr<AudioFeedState> state;
  uint32_t encoder;
};

GstFlowReturn feed_sample(GstAppSink* sink, gpointer data) {
  auto* context = static_cast<FeedContext*>(data);
  context->state->on_sample(sink, context->encoder);
  return GST_FLOW_OK;
}

void feed_end(GstAppSink*, gpointer data) {
  auto* context = static_cast<FeedContext*>(data);
  context->state->on_end(context->encoder);
}

}  // namespace

/** A fan-out's own lock is never taken under that of the feed. */
std::vector<std::shared_ptr<FanoutState>> AudioFeedState::hearing(uint32_t from, bool packet) {
  std::lock_guard lock(mutex);
  if (from != encoder) return {};
  packets += packet;
  return fanouts;
}

void AudioFeedState::on_sample(GstAppSink* sink, uint32_t from) {
  const SampleRef sample(gst_app_sink_try_pull_sample(sink, 0));
  if (!sample) return;
  for (const auto& fanout : hearing(from, true))
    fanout->on_sample(sample.get(), FanoutState::Kind::audio, FanoutState::any_encoder);
}

void AudioFeedState::on_end(uint32_t from) {
  for (const auto& fanout : hearing(from, false)) fanout->on_end(FanoutState::Kind::audio, FanoutState::any_encoder);
}

Napi::Function AudioFeed::define(Napi::Env env) {
  return DefineClass(env, "AudioFeed",
                     {InstanceMethod("attach", &AudioFeed::attach), InstanceMethod("add", &AudioFeed::add),
                      InstanceMethod("remove", &AudioFeed::remove), InstanceMethod("packets", &AudioFeed::packets)});
}

/** new AudioFeed() */
AudioFeed::AudioFeed(const Napi::CallbackInfo& info) : Napi::ObjectWrap<AudioFeed>(info) {}

/** attach(audioAppsink): from now on packets come from this encoder. */
Napi::Value AudioFeed::attach(const Napi::CallbackInfo& info) {
  const auto sink = element_argument<GstAppSink>(info[0]);
  uint32_t encoder = 0;
  {
    std::lock_guard lock(state_->mutex);
    encoder = ++state_->encoder;
  }
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = feed_sample;
  callbacks.eos = feed_end;
  gst_app_sink_set_callbacks(sink.get(), &callbacks, new FeedContext{state_, encoder}, delete_as<FeedContext>);
  return info.Env().Undefined();
}

/** add(fanout): it gets the packets from now on. */
Napi::Value AudioFeed::add(const Napi::CallbackInfo& info) {
  auto fanout = Fanout::Unwrap(info[0].As<Napi::Object>())->state();
  std::lock_guard lock(state_->mutex);
  state_->fanouts.push_back(std::move(fanout));
  return info.Env().Undefined();
}

/** remove(fanout): it gets nothing more. */
Napi::Value AudioFeed::remove(const Napi::CallbackInfo& info) {
  const auto fanout = Fanout::Unwrap(info[0].As<Napi::Object>())->state();
  std::lock_guard lock(state_->mutex);
  std::erase(state_->fanouts, fanout);
  return info.Env().Undefined();
}

/** packets(): how many have come. */
Napi::Value AudioFeed::packets(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  return Napi::Number::New(info.Env(), static_cast<double>(state_->packets));
}

}  // namespace rxgst
