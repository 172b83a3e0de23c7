#include "record/packet_probe.h"

#include <algorithm>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "mux/decode_times.h"
#include "mux/format.h"
#include "mux/reorder_depth.h"
#include "output/av1_units.h"

namespace rxgst::record {
namespace {

/** One pad: streaming thread alone. */
class Place {
 public:
  Place(std::shared_ptr<Audience> audience, bool video, uint32_t source)
      : audience_(std::move(audience)), video_(video), source_(source) {}

  void see(GstPad* pad, GstBuffer* buffer) {
    if (!audience_->some) return;
    const CapsRef caps(gst_pad_get_current_caps(pad));
    if (!caps) return;
    if (!caps_ || !gst_caps_is_equal(caps.get(), caps_.get())) {
      caps_ = ref_caps(caps.get());
      av1_ = media_of(caps.get()) == "video/x-av1";
      format_ = av1_ ? nullptr : mux::format_of(caps.get());
      times_ = mux::DecodeTimes(format_ && video_ ? depth_of(*format_) : 0);
    }
    const auto dts = running_time(pad, GST_BUFFER_DTS(buffer));
    const auto pts = running_time(pad, GST_BUFFER_PTS(buffer));
    if (!dts && !pts) return;
    mux::Packet packet;
    packet.video = video_;
    packet.source = source_;
    packet.dts_ns = dts ? *dts : *pts;
    packet.pts_ns = pts ? *pts : *dts;
    packet.key = video_ && !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    packet.data = av1_ ? av1_packet(buffer, &packet.key) : BufferRef(gst_buffer_ref(buffer));
    packet.format = format_;
    if (!packet.data || !packet.format) return;
    // AV1 shows each unit as it comes, and so does sound.
    if (video_ && !av1_) {
      const auto times = times_.next(dts, packet.pts_ns, packet.key);
      packet.dts_ns = times.dts_ns;
      packet.pts_ns = times.pts_ns;
    }
    std::lock_guard lock(audience_->mutex);
    for (const auto& listener : audience_->listeners) listener->on_packet(packet);
  }

 private:
  static size_t depth_of(const mux::Format& format) {
    return format.codec == mux::Codec::hevc ? mux::hevc_depth(format.record) : mux::h264_depth(format.record);
  }

  BufferRef av1_packet(GstBuffer* buffer, bool* key) {
    const MappedBuffer bytes(buffer);
    // The colours are the source's word, also where it says nothing.
    const auto unit = units_.make(bytes.data(), bytes.size(), std::nullopt);
    if (!unit) return nullptr;
    if (!format_ || format_->record != units_.record()) format_ = mux::format_of(caps_.get(), units_.record());
    *key = unit->key;
    return BufferRef(gst_buffer_new_memdup(unit->bytes.data(), unit->bytes.size()));
  }

  const std::shared_ptr<Audience> audience_;
  const bool video_;
  const uint32_t source_;
  CapsRef caps_;
  std::shared_ptr<const mux::Format> format_;  // null: nothing that a container takes
  bool av1_ = false;
  mux::DecodeTimes times_;
  Av1Units units_;
};

}  // namespace

Napi::Function PacketProbe::define(Napi::Env env) {
  return DefineClass(env, "PacketProbe",
                     {InstanceMethod("listen", &PacketProbe::listen), InstanceMethod("close", &PacketProbe::close)});
}

/**
 * new PacketProbe(element of pictures, pad, element of sound, pad): before probes that leave packets out. Each is
 * another source.
 */
PacketProbe::PacketProbe(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketProbe>(info) {
  static std::atomic<uint32_t> sources{0};
  const uint32_t source = ++sources;
  for (const size_t at : {size_t{0}, size_t{2}}) {
    const std::string name = info[at + 1].As<Napi::String>();
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[at]).get(), name.c_str()));
    auto place = std::make_shared<Place>(audience_, at == 0, source);
    probes_.emplace_back(std::move(pad), each_buffer, [place](GstPad* from, GstPadProbeInfo* buffers) {
      for_each_buffer(buffers, [&](GstBuffer* buffer) { place->see(from, buffer); });
      return GST_PAD_PROBE_OK;
    });
  }
}

/** listen(listener, whether): from now on, or no more. */
Napi::Value PacketProbe::listen(const Napi::CallbackInfo& info) {
  const mux::ListenerRef listener = *info[0].As<Napi::External<mux::ListenerRef>>().Data();
  std::lock_guard lock(audience_->mutex);
  std::erase(audience_->listeners, listener);
  if (info[1].ToBoolean().Value()) audience_->listeners.push_back(listener);
  audience_->some = !audience_->listeners.empty();
  return info.Env().Undefined();
}

Napi::Value PacketProbe::close(const Napi::CallbackInfo& info) {
  probes_.clear();
  std::lock_guard lock(audience_->mutex);
  audience_->listeners.clear();
  audience_->some = false;
  return info.Env().Undefined();
}

}  // namespace rxgst::record
