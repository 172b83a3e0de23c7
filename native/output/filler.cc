#include "output/filler.h"

#include <algorithm>
#include <cstring>

#include "av1/obu.h"
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

void begin_filler(uint8_t* data, size_t size, UnitSyntax syntax) {
  const size_t length = size - length_bytes;
  for (size_t i = 0; i < length_bytes; ++i) data[i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  const auto header = hevc::header_of(hevc::filler_unit);
  if (syntax == UnitSyntax::hevc)
    std::copy(header.begin(), header.end(), data + length_bytes);
  else
    data[length_bytes] = filler_unit;
}

/** leb128() may have more bytes than it needs: with 4, any size can be said exactly. */
void begin_padding(uint8_t* data, size_t size) {
  const size_t length = size - 1 - length_bytes;
  data[0] = av1::header_of(av1::padding);
  for (size_t i = 0; i < length_bytes; ++i)
    data[1 + i] = static_cast<uint8_t>((length >> 7 * i & 127) | (i + 1 < length_bytes ? 128 : 0));
}

}  // namespace

BufferRef filler(size_t size, UnitSyntax syntax) {
  if (size < Filling::min_bytes) return nullptr;
  BufferRef buffer(gst_buffer_new_allocate(nullptr, size, nullptr));
  GstMapInfo map;
  if (!buffer || !gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return nullptr;
  std::memset(map.data, 0xff, size);
  if (syntax == UnitSyntax::av1)
    begin_padding(map.data, size);
  else
    begin_filler(map.data, size, syntax);
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

/** attach(element): from now on fills up the packets that enter its sink pad. */
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
