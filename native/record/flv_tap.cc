#include "record/flv_tap.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "record/flv_file.h"

namespace rxgst::record {
namespace {

/** For the first packet of sound beside the first pictures. */
constexpr int64_t longest_early_ns = 500'000'000;
constexpr size_t most_early = 600;
/** After so much sound without pictures there are none: a capture shows no picture before its first keyframe. */
constexpr int64_t sound_alone_ns = 8'000'000'000;
/** Times that go back by more are another stream. */
constexpr int64_t other_stream_ns = 1'000'000'000;
/** A piece of several packets that JavaScript gets at once. */
constexpr size_t longest_piece_bytes = 1 << 16;

}  // namespace

void FlvTapState::on_packet(const mux::Packet& packet) {
  {
    std::lock_guard lock(mutex_);
    if (over_) return;
    const size_t before = pieces_.size(), bytes_before = queued_bytes_;
    note(packet);
    if (container_) {
      put(packet.copy());
    } else if (begin(packet)) {
      open();
    }
    if (pieces_.size() == before && queued_bytes_ == bytes_before) return;
  }
  wakeup->wake();
}

/** What changes ends the present stream: a player gets another header. */
void FlvTapState::note(const mux::Packet& packet) {
  int64_t& last_ns = last_ns_[packet.video];
  const bool other = !some_ || packet.source != source_;
  if (other || packet.dts_ns < last_ns - other_stream_ns) {
    if (other) known_ = {};
    some_ = true;
    source_ = packet.source;
    last_ns_[0] = last_ns_[1] = packet.dts_ns;
    first_sound_ns_ = packet.dts_ns;
    container_.reset();
    forget_early();
  }
  last_ns = packet.dts_ns;
  auto& known = packet.video ? known_.video : known_.audio;
  if (same_format(known, packet.format)) return;
  known = packet.format;
  if (container_) {
    container_.reset();
    first_sound_ns_ = packet.dts_ns;
  }
}

bool FlvTapState::begin(const mux::Packet& packet) {
  const bool begins = packet.video && packet.key && (early_.empty() || !early_.front().video);
  const int64_t since_ns = std::max(first_sound_ns_, last_ns_[1]);
  const bool alone = !packet.video && packet.dts_ns - since_ns >= sound_alone_ns && early_.empty();
  if (begins) forget_early();
  if (begins || alone || !early_.empty()) keep(packet);
  if (early_.empty()) return false;
  if (!early_.front().video) {
    // The pictures have stopped, or have never been.
    known_.video = nullptr;
    return true;
  }
  const bool complete = known_.video && known_.audio;
  // A peer's times may stand still, and its packets may be large.
  const bool much = early_.size() >= most_early || early_bytes_ >= most_bytes_;
  return complete || much || packet.dts_ns - early_.front().dts_ns >= longest_early_ns;
}

void FlvTapState::keep(const mux::Packet& packet) {
  early_bytes_ += gst_buffer_get_size(packet.data.get());
  early_.push_back(packet.copy());
}

void FlvTapState::forget_early() {
  early_.clear();
  early_bytes_ = 0;
}

void FlvTapState::open() {
  formats_ = known_;
  // Sound may lie a little before its picture.
  base_ns_ = std::ranges::min_element(early_, {}, &mux::Packet::dts_ns)->dts_ns;
  FlvPiece header;
  header.start = true;
  container_ = flv_file(formats_, header.bytes);
  queued_bytes_ += header.bytes.size();
  skipping_ = false;
  pieces_.push_back(std::move(header));
  early_bytes_ = 0;
  for (mux::Packet& packet : std::exchange(early_, {})) put(std::move(packet));
}

void FlvTapState::put(mux::Packet packet) {
  const bool keyframe = packet.video ? packet.key : !formats_.video;
  if (queued_bytes_ > most_bytes_) skipping_ = true;
  if (skipping_ && keyframe && queued_bytes_ <= most_bytes_ / 2) skipping_ = false;
  if (skipping_) {
    ++dropped_;
    return;
  }
  packet.dts_ns -= base_ns_;
  packet.pts_ns -= base_ns_;
  const bool joins =
      !pieces_.empty() && !pieces_.back().start && !keyframe && pieces_.back().bytes.size() < longest_piece_bytes;
  if (!joins) pieces_.emplace_back().keyframe = keyframe;
  mux::Bytes& bytes = pieces_.back().bytes;
  const size_t before = bytes.size();
  container_->add(std::move(packet), bytes);
  queued_bytes_ += bytes.size() - before;
}

void FlvTapState::on_end() {
  {
    std::lock_guard lock(mutex_);
    over_ = true;
  }
  wakeup->wake();
}

std::deque<FlvPiece> FlvTapState::take() {
  std::lock_guard lock(mutex_);
  queued_bytes_ = 0;
  return std::exchange(pieces_, {});
}

uint64_t FlvTapState::dropped() {
  std::lock_guard lock(mutex_);
  return dropped_;
}

bool FlvTapState::over() {
  std::lock_guard lock(mutex_);
  return over_;
}

void FlvTapState::close() {
  std::lock_guard lock(mutex_);
  over_ = true;
  pieces_.clear();
  forget_early();
  container_.reset();
}

Napi::Function FlvTap::define(Napi::Env env) {
  return DefineClass(env, "FlvTap",
                     {InstanceMethod("listener", &FlvTap::listener), InstanceMethod("take", &FlvTap::take),
                      InstanceMethod("dropped", &FlvTap::dropped), InstanceMethod("over", &FlvTap::over),
                      InstanceMethod("close", &FlvTap::close)});
}

/** new FlvTap(mostBytes, onPieces) */
FlvTap::FlvTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FlvTap>(info) {
  state_ = std::make_shared<FlvTapState>(static_cast<size_t>(info[0].ToNumber().Int64Value()));
  state_->wakeup = Wakeup::create(info.Env(), info[1].As<Napi::Function>(), "rxgst FLV");
  state_->wakeup->keep_alive(info.Env(), false);
}

FlvTap::~FlvTap() {
  if (!state_) return;
  state_->close();
  state_->wakeup->close();
}

/** listener(): for who has packets. */
Napi::Value FlvTap::listener(const Napi::CallbackInfo& info) {
  return Napi::External<mux::ListenerRef>::New(info.Env(), new mux::ListenerRef(state_),
                                               [](Napi::Env, mux::ListenerRef* held) { delete held; });
}

/** take(): [{ bytes, start, keyframe }], oldest first. */
Napi::Value FlvTap::take(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto pieces = state_->take();
  auto result = Napi::Array::New(env, pieces.size());
  uint32_t index = 0;
  for (const auto& piece : pieces) {
    auto object = Napi::Object::New(env);
    auto bytes = Napi::Uint8Array::New(env, piece.bytes.size());
    std::memcpy(bytes.Data(), piece.bytes.data(), piece.bytes.size());
    object["bytes"] = bytes;
    object["start"] = Napi::Boolean::New(env, piece.start);
    object["keyframe"] = Napi::Boolean::New(env, piece.keyframe);
    result[index++] = object;
  }
  return result;
}

/** dropped(): packets that a full queue lost. */
Napi::Value FlvTap::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped()));
}

/** over(): nothing follows what was taken. */
Napi::Value FlvTap::over(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), state_->over()); }

Napi::Value FlvTap::close(const Napi::CallbackInfo& info) {
  state_->close();
  state_->wakeup->close();
  return info.Env().Undefined();
}

}  // namespace rxgst::record
