#include "output/filler.h"

#include <algorithm>
#include <cstring>

#include "gst/element.h"
#include "gst/running_time.h"
#include "h264/nal.h"
#include "hevc/nal.h"

namespace rxgst {
namespace {

constexpr size_t length_bytes = 4;

/** Encoder's thread: adds filler behind the access unit's last slice, where it belongs. */
GstPadProbeReturn fill_packet(FillerState& state, GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto time = running_time(pad, GST_BUFFER_DTS_OR_PTS(packet));
  if (!time) return GST_PAD_PROBE_OK;
  size_t room = 0;
  {
    std::lock_guard lock(state.mutex);
    room = state.filling.room(*time, gst_buffer_get_size(packet), state.bitrate);
  }
  BufferRef added = room > 0 ? filler(room, syntax_of(pad)) : nullptr;
  if (!added) return GST_PAD_PROBE_OK;
  state.bytes += room;
  // The packet's own memory is shared, not copied.
  GST_PAD_PROBE_INFO_DATA(info) = gst_buffer_append(gst_buffer_make_writable(packet), added.release());
  return GST_PAD_PROBE_OK;
}

}  // namespace

BufferRef filler(size_t size, UnitSyntax syntax) {
  if (size < Filling::min_bytes) return nullptr;
  BufferRef buffer(gst_buffer_new_allocate(nullptr, size, nullptr));
  GstMapInfo map;
  if (!buffer || !gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return nullptr;
  const size_t length = size - length_bytes;
  for (size_t i = 0; i < length_bytes; ++i) map.data[i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  std::memset(map.data + length_bytes, 0xff, length - 1);
  const auto header = hevc::header_of(hevc::filler_unit);
  if (syntax == UnitSyntax::hevc)
    std::copy(header.begin(), header.end(), map.data + length_bytes);
  else
    map.data[length_bytes] = filler_unit;
  map.data[size - 1] = 0x80;
  gst_buffer_unmap(buffer.get(), &map);
  return buffer;
}

Napi::Function Filler::define(Napi::Env env) {
  return DefineClass(env, "Filler",
                     {InstanceMethod("attach", &Filler::attach), InstanceMethod("setBitrate", &Filler::set_bitrate),
                      InstanceMethod("bytes", &Filler::bytes), InstanceMethod("close", &Filler::close)});
}

/** new Filler(bit/s) */
Filler::Filler(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Filler>(info) { set_bitrate(info); }

/** attach(element): from now on fills up the packets (4-byte lengths) that enter its sink pad. */
Napi::Value Filler::attach(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  if (!pad) return info.Env().Undefined();
  probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
                    [state = state_](GstPad* at, GstPadProbeInfo* packet) { return fill_packet(*state, at, packet); });
  return info.Env().Undefined();
}

/** setBitrate(bit/s): from the next packet on. */
Napi::Value Filler::set_bitrate(const Napi::CallbackInfo& info) {
  state_->bitrate = static_cast<int64_t>(info[0].ToNumber().DoubleValue());
  return info.Env().Undefined();
}

/** close(): no packet is filled any more. */
Napi::Value Filler::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

/** bytes(): the filler bytes so far. */
Napi::Value Filler::bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->bytes.load()));
}

}  // namespace rxgst
