#include "relay/relay_fanout.h"

#include <utility>

#include "gst/element.h"
#include "gst/library.h"
#include "js/js.h"
#include "rtmp/relay/packet_relay_handle.h"

namespace rxgst::relay {
namespace {

/** As the other targets of a relay have it. */
constexpr int64_t most_queue_ns = 2'000'000'000;

}  // namespace

void RelayFanoutState::on_begin(const rtmp::StreamRecords& records) {
  std::lock_guard lock(mutex_);
  packets_.begin(records);
}

void RelayFanoutState::on_passing(const rtmp::Passing& passing) {
  std::lock_guard lock(mutex_);
  const auto packet = packets_.take(passing);
  if (!packet) return;
  for (const auto& [id, target] : targets_) target.listener->on_packet(*packet);
}

bool RelayFanoutState::has_viewers() {
  std::lock_guard lock(mutex_);
  return !targets_.empty();
}

void RelayFanoutState::add(uint32_t id, mux::ListenerRef listener, std::shared_ptr<StreamTarget> stream) {
  std::lock_guard lock(mutex_);
  targets_[id] = {std::move(listener), std::move(stream)};
}

size_t RelayFanoutState::remove(uint32_t id, bool end) {
  Target removed;
  {
    std::lock_guard lock(mutex_);
    const auto found = targets_.find(id);
    if (found == targets_.end()) return 0;
    removed = std::move(found->second);
    targets_.erase(found);
  }
  const size_t lost = removed.stream && !end ? removed.stream->waiting() : 0;
  // Off the JS thread: what waits is written, and an appsrc may be the last reference on an element.
  run_detached([removed = std::move(removed), end] {
    if (end) removed.listener->on_end();
  });
  return lost;
}

std::shared_ptr<StreamTarget> RelayFanoutState::stream(uint32_t id) {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second.stream;
}

void RelayFanoutState::close() {
  std::map<uint32_t, Target> removed;
  {
    std::lock_guard lock(mutex_);
    removed.swap(targets_);
  }
  if (!removed.empty()) run_detached([removed = std::move(removed)]() mutable { removed.clear(); });
}

Napi::Function RelayFanout::define(Napi::Env env) {
  return DefineClass(env, "RelayFanout",
                     {InstanceMethod("addStream", &RelayFanout::add_stream),
                      InstanceMethod("listen", &RelayFanout::listen), InstanceMethod("remove", &RelayFanout::remove),
                      InstanceMethod("stats", &RelayFanout::stats), InstanceMethod("close", &RelayFanout::close)});
}

/** new RelayFanout(relay): of a relay that is not closed. */
RelayFanout::RelayFanout(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RelayFanout>(info) {
  // Packets are buffers of GStreamer.
  if (const std::string why = begin_gstreamer(); !why.empty()) throw Napi::Error::New(info.Env(), why);
  relay_ = PacketRelayHandle::Unwrap(info[0].As<Napi::Object>())->relay();
  if (!relay_) throw Napi::Error::New(info.Env(), "the relay is closed");
  relay_->follow(state_);
}

/** addStream(appsrc): a target that takes an MPEG transport stream, from the next keyframe on; returns its number. */
Napi::Value RelayFanout::add_stream(const Napi::CallbackInfo& info) {
  auto stream = std::make_shared<StreamTarget>(element_argument<GstAppSrc>(info[0]), most_queue_ns);
  const uint32_t id = next_id_++;
  state_->add(id, stream, stream);
  return Napi::Number::New(info.Env(), id);
}

/** listen(listener): gives it the packets as they are; returns its number, for remove(). */
Napi::Value RelayFanout::listen(const Napi::CallbackInfo& info) {
  const uint32_t id = next_id_++;
  state_->add(id, *info[0].As<Napi::External<mux::ListenerRef>>().Data());
  return Napi::Number::New(info.Env(), id);
}

/** remove(target, end): with `end` what waits still leaves; otherwise returns how many packets are lost. */
Napi::Value RelayFanout::remove(const Napi::CallbackInfo& info) {
  const size_t lost = state_->remove(info[0].ToNumber().Uint32Value(), info[1].ToBoolean().Value());
  return Napi::Number::New(info.Env(), static_cast<double>(lost));
}

/** stats(target): its counters; null: it is a recording, or no target. */
Napi::Value RelayFanout::stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto stream = state_->stream(info[0].ToNumber().Uint32Value());
  if (!stream) return env.Null();
  const StreamTarget::Stats stats = stream->stats();
  auto result = Napi::Object::New(env);
  const auto put = [&](const char* name, double value) { result[name] = value; };
  put("packets", static_cast<double>(stats.packets));
  put("bytes", static_cast<double>(stats.bytes));
  put("dropped", static_cast<double>(stats.dropped));
  put("queueMs", static_cast<double>(stats.queue_ns) / 1e6);
  put("position", static_cast<double>(stats.position_ns) / 1e6);
  result["flowing"] = stats.flowing;
  return result;
}

void RelayFanout::end() {
  if (relay_) relay_->unfollow(state_.get());
  relay_.reset();
  state_->close();
}

/** close(): its targets get nothing more. */
Napi::Value RelayFanout::close(const Napi::CallbackInfo& info) {
  end();
  return info.Env().Undefined();
}

}  // namespace rxgst::relay
