#include "relay/packet_input.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "rtmp/relay/packet_relay_handle.h"

namespace rxgst::relay {

void PacketInputState::on_packet(const mux::Packet& packet) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  if (packet.video && skipping_ && packet.key) skipping_ = false;
  if (full() || (packet.video && skipping_)) {
    skipping_ = skipping_ || packet.video;
    ++dropped_;
    return;
  }
  made_.clear();
  tags_.add(packet, &made_);
  for (rtmp::MediaMessage& message : made_) {
    bytes_ += message.payload.bytes.size();
    queue_.push_back(std::move(message));
  }
  post();
}

void PacketInputState::post() {
  if (std::exchange(posted_, true)) return;
  rtmp::IoLoop::shared().post([self = shared_from_this()] { self->hand_over(); });
}

void PacketInputState::hand_over() {
  std::vector<rtmp::MediaMessage> taken;
  {
    std::lock_guard lock(mutex_);
    posted_ = false;
    const size_t count = std::min(queue_.size(), turn_messages);
    const auto end = queue_.begin() + static_cast<ptrdiff_t>(count);
    taken.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    for (const rtmp::MediaMessage& message : taken) bytes_ -= message.payload.bytes.size();
    if (!queue_.empty()) post();
  }
  for (rtmp::MediaMessage& message : taken) relay_->feed(number_, std::move(message));
}

bool PacketInputState::is_full() {
  std::lock_guard lock(mutex_);
  return full();
}

uint64_t PacketInputState::dropped() {
  std::lock_guard lock(mutex_);
  return dropped_;
}

void PacketInputState::close() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    queue_.clear();
    bytes_ = 0;
  }
  relay_->close(number_);
}

Napi::Function PacketInput::define(Napi::Env env) {
  return DefineClass(
      env, "PacketInput",
      {InstanceMethod("number", &PacketInput::number), InstanceMethod("listener", &PacketInput::listener),
       InstanceMethod("dropped", &PacketInput::dropped), InstanceMethod("close", &PacketInput::close)});
}

/** new PacketInput(relay, rank): an input of a relay that is not closed. */
PacketInput::PacketInput(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketInput>(info) {
  auto relay = PacketRelayHandle::Unwrap(info[0].As<Napi::Object>())->relay();
  if (!relay) throw Napi::Error::New(info.Env(), "the relay is closed");
  state_ = std::make_shared<PacketInputState>(std::move(relay), info[1].ToNumber().Uint32Value());
}

/** number(): by which the relay tells of it. */
Napi::Value PacketInput::number(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), state_->number());
}

/** listener(): for whoever has packets. */
Napi::Value PacketInput::listener(const Napi::CallbackInfo& info) {
  auto* held = new mux::ListenerRef(state_);
  return Napi::External<mux::ListenerRef>::New(info.Env(), held, [](Napi::Env, mux::ListenerRef* it) { delete it; });
}

/** dropped(): packets that a full queue did not take. */
Napi::Value PacketInput::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped()));
}

/** close(): it is no input any more, and takes nothing. */
Napi::Value PacketInput::close(const Napi::CallbackInfo& info) {
  state_->close();
  return info.Env().Undefined();
}

}  // namespace rxgst::relay
