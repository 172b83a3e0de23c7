#include "tap/packet_tap.h"

#include <cstring>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

// Packets are small and their number is bounded; a container's chunks or raw bytes need not be.
constexpr size_t most_bytes = size_t{64} << 20;

/** Where the segment does not count time: the timestamp as it is. */
int64_t time_of(const GstSegment& segment, GstClockTime time) {
  if (GST_CLOCK_TIME_IS_VALID(time) && segment.format != GST_FORMAT_TIME) return static_cast<int64_t>(time);
  return running_time(segment, time).value_or(INT64_MIN);
}

}  // namespace

bool PacketTapState::full() const { return queue.size() >= capacity || (queued_bytes >= most_bytes && !queue.empty()); }

void PacketTapState::on_sample(GstSample* sample) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (!buffer) return;
  GstCaps* caps = gst_sample_get_caps(sample);
  if (const auto media = media_of(caps); media == "video/x-raw" || media == "audio/x-raw") {
    {
      std::lock_guard lock(mutex);
      wrong_caps = caps_text(caps);
    }
    wakeup->wake(change_wrong);
    return;
  }
  if (caps != caps_.get() || !text_) {
    text_ = std::make_shared<const std::string>(caps_text(caps));
    caps_ = ref_caps(caps);
  }
  const GstSegment& segment = *gst_sample_get_segment(sample);
  EncodedPacket packet{BufferRef(gst_buffer_ref(buffer)), text_, time_of(segment, GST_BUFFER_PTS(buffer)),
                       time_of(segment, GST_BUFFER_DTS(buffer))};
  std::deque<EncodedPacket> lost;
  {
    std::unique_lock lock(mutex);
    ++received;
    if (block) changed.wait(lock, [&] { return closed || !full(); });
    if (closed) return;
    while (full()) {
      queued_bytes -= gst_buffer_get_size(queue.front().buffer.get());
      lost.push_back(std::move(queue.front()));
      queue.pop_front();
      ++dropped;
    }
    queued_bytes += gst_buffer_get_size(buffer);
    queue.push_back(std::move(packet));
  }
  wakeup->wake(change_packets);
}

void PacketTapState::on_end() {
  {
    std::lock_guard lock(mutex);
    ended = true;
  }
  wakeup->wake(change_ended);
}

void PacketTapState::close() {
  std::deque<EncodedPacket> rest;
  {
    std::lock_guard lock(mutex);
    closed = true;
    rest.swap(queue);
    queued_bytes = 0;
  }
  changed.notify_all();
}

Napi::Function PacketTap::define(Napi::Env env) {
  return DefineClass(env, "PacketTap",
                     {InstanceMethod("read", &PacketTap::read), InstanceMethod("stats", &PacketTap::stats),
                      InstanceMethod("close", &PacketTap::close)});
}

/** new PacketTap(appsink, { capacity, block }, changes) */
PacketTap::PacketTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketTap>(info) {
  ObjectRef<GstAppSink> sink = element_argument<GstAppSink>(info[0]);
  state_ = std::make_shared<PacketTapState>();
  auto options = info[1].As<Napi::Object>();
  state_->capacity = options.Get("capacity").ToNumber().Uint32Value();
  state_->block = options.Get("block").ToBoolean().Value();
  state_->wakeup = Changes::wakeup_of(info[2]);
  place_.take(std::move(sink), state_);
}

PacketTap::~PacketTap() { close_now(); }

void PacketTap::close_now() {
  if (!place_.leave()) return;
  state_->close();
}

/** read(max): the oldest first, [{ data, caps, timestamp, dts, duration, keyframe, header }]; times in µs or null. */
Napi::Value PacketTap::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const uint32_t max = info[0].ToNumber().Uint32Value();
  std::deque<EncodedPacket> taken;
  {
    std::lock_guard lock(state_->mutex);
    taken = take_oldest(state_->queue, max);
    for (const EncodedPacket& packet : taken) state_->queued_bytes -= gst_buffer_get_size(packet.buffer.get());
  }
  state_->changed.notify_all();
  const auto us = [&](int64_t ns) -> Napi::Value {
    return ns == INT64_MIN ? env.Null() : Napi::Value(Napi::Number::New(env, static_cast<double>(ns) / 1000));
  };
  auto result = Napi::Array::New(env, taken.size());
  uint32_t index = 0;
  const std::string* last = nullptr;
  Napi::Value caps;
  for (const EncodedPacket& packet : taken) {
    GstBuffer* buffer = packet.buffer.get();
    const gsize size = gst_buffer_get_size(buffer);
    auto data = Napi::Uint8Array::New(env, size);
    gst_buffer_extract(buffer, 0, data.Data(), size);
    if (packet.caps.get() != last) {
      last = packet.caps.get();
      caps = Napi::String::New(env, *last);
    }
    auto object = Napi::Object::New(env);
    object["data"] = data;
    object["caps"] = caps;
    object["timestamp"] = us(packet.pts);
    object["dts"] = us(packet.dts);
    object["duration"] =
        us(GST_BUFFER_DURATION_IS_VALID(buffer) ? static_cast<int64_t>(GST_BUFFER_DURATION(buffer)) : INT64_MIN);
    object["keyframe"] = Napi::Boolean::New(env, !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT));
    object["header"] = Napi::Boolean::New(env, GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER));
    result[index++] = object;
  }
  return result;
}

Napi::Value PacketTap::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  std::lock_guard lock(state_->mutex);
  result["received"] = static_cast<double>(state_->received);
  result["queued"] = static_cast<double>(state_->queue.size());
  result["dropped"] = static_cast<double>(state_->dropped);
  result["ended"] = Napi::Boolean::New(info.Env(), state_->ended);
  result["wrong"] = text_or_null(info.Env(), state_->wrong_caps);
  return result;
}

Napi::Value PacketTap::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
