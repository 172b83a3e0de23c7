#include "record/packet_probe.h"

#include <algorithm>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "mux/adts.h"
#include "mux/decode_times.h"
#include "mux/format.h"
#include "mux/reorder_depth.h"
#include "output/av1_units.h"

namespace rxgst::record {
namespace {

/** One pad: streaming thread alone. */
class Place {
 public:
  Place(std::shared_ptr<Audience> audience, bool video, uint32_t source, bool encoded_here)
      : audience_(std::move(audience)), video_(video), source_(source), encoded_here_(encoded_here) {}

  void see(GstPad* pad, GstBuffer* buffer) {
    if (!audience_->some) {
      begun_ = false;
      return;
    }
    const CapsRef caps(gst_pad_get_current_caps(pad));
    if (!caps) return;
    if (!caps_ || !gst_caps_is_equal(caps.get(), caps_.get())) {
      caps_ = ref_caps(caps.get());
      av1_ = media_of(caps.get()) == "video/x-av1";
      format_ = av1_ ? nullptr : mux::format_of(caps.get());
      adts_ = !video_ && is_adts(caps.get());
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
    packet.data = av1_    ? av1_packet(buffer, &packet.key)
                  : adts_ ? raw_packet(buffer)
                          : BufferRef(gst_buffer_ref(buffer));
    packet.format = format_;
    if (!packet.data || !packet.format) return;
    // Nothing begins earlier. Besides, a picture of a transport stream that is shown when it is decoded has no decoding
    // time, and before the first one that has, no parser makes one.
    if (video_ && !begun_) {
      if (!packet.key) return;
      begun_ = true;
      times_ = mux::DecodeTimes(depth_of(*format_));
    }
    // AV1 shows each unit as it comes, and so does sound.
    if (video_ && !av1_) {
      const auto times = times_.next(dts, packet.pts_ns, packet.key);
      packet.dts_ns = times.dts_ns;
      packet.pts_ns = times.pts_ns;
    }
    if (encoded_here_ && format_->rate > 0) {
      packet.dts_ns -= aac_samples * GST_SECOND / format_->rate;
      packet.pts_ns = packet.dts_ns;
    }
    std::lock_guard lock(audience_->mutex);
    for (const auto& listener : audience_->listeners) listener->on_packet(packet);
  }

 private:
  /** Of a block: so far is the sound that a decoder makes of a packet behind what avenc_aac says. */
  static constexpr int64_t aac_samples = 1024;

  static size_t depth_of(const mux::Format& format) {
    if (format.codec == mux::Codec::av1) return 0;
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

  static bool is_adts(const GstCaps* caps) {
    if (media_of(caps) != "audio/mpeg") return false;
    const gchar* form = gst_structure_get_string(gst_caps_get_structure(caps, 0), "stream-format");
    return form && std::string_view(form) == "adts";
  }

  /** A frame of a transport stream without its header; the memory is shared. */
  BufferRef raw_packet(GstBuffer* buffer) {
    const MappedBuffer bytes(buffer);
    const auto adts = mux::read_adts({bytes.data(), bytes.size()});
    if (!adts) return nullptr;
    if (!format_ || !std::ranges::equal(format_->record, adts->config)) {
      mux::Format format;
      format.codec = mux::Codec::aac;
      format.record.assign(adts->config.begin(), adts->config.end());
      format.rate = adts->rate;
      format.channels = adts->channels;
      format_ = std::make_shared<const mux::Format>(std::move(format));
    }
    return BufferRef(gst_buffer_copy_region(buffer, GST_BUFFER_COPY_ALL, adts->header_bytes, gsize(-1)));
  }

  const std::shared_ptr<Audience> audience_;
  const bool video_;
  const uint32_t source_;
  const bool encoded_here_;
  CapsRef caps_;
  std::shared_ptr<const mux::Format> format_;  // null: nothing that a container takes
  bool av1_ = false, adts_ = false;
  /** A keyframe has come since somebody listens. */
  bool begun_ = false;
  mux::DecodeTimes times_;
  Av1Units units_;
};

}  // namespace

Napi::Function PacketProbe::define(Napi::Env env) {
  return DefineClass(
      env, "PacketProbe",
      {InstanceMethod("listen", &PacketProbe::listen), InstanceMethod("otherSound", &PacketProbe::other_sound),
       InstanceMethod("pour", &PacketProbe::pour), InstanceMethod("droppedSound", &PacketProbe::dropped_sound),
       InstanceMethod("close", &PacketProbe::close)});
}

/**
 * new PacketProbe(element of pictures, pad, element of sound, pad, element of all sound, its pad): before probes that
 * leave packets out. Each is another source. Where there are no pictures (null), the sound was encoded here. The last
 * two may be absent.
 */
PacketProbe::PacketProbe(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketProbe>(info) {
  static std::atomic<uint32_t> sources{0};
  const uint32_t source = ++sources;
  for (const size_t at : {size_t{0}, size_t{2}}) {
    if (!info[at].IsObject()) continue;
    const std::string name = info[at + 1].As<Napi::String>();
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[at]).get(), name.c_str()));
    auto place = std::make_shared<Place>(audience_, at == 0, source, !info[0].IsObject());
    probes_.emplace_back(std::move(pad), each_buffer, [place](GstPad* from, GstPadProbeInfo* buffers) {
      for_each_buffer(buffers, [&](GstBuffer* buffer) { place->see(from, buffer); });
      return GST_PAD_PROBE_OK;
    });
  }
  if (!info[4].IsObject()) return;
  const std::string name = info[5].As<Napi::String>();
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[4]).get(), name.c_str()));
  probes_.emplace_back(std::move(pad), each_buffer, [sound = other_sound_](GstPad* from, GstPadProbeInfo* buffers) {
    for_each_buffer(buffers, [&](GstBuffer* buffer) { sound->see(from, buffer); });
    return GST_PAD_PROBE_OK;
  });
}

/** otherSound(): caps of sound that is no AAC; null: none has come. */
Napi::Value PacketProbe::other_sound(const Napi::CallbackInfo& info) {
  const std::string caps = other_sound_->caps();
  return caps.empty() ? info.Env().Null() : Napi::String::New(info.Env(), caps);
}

/** pour(appsrc | null): it gets that sound from now on; null: nobody does. */
Napi::Value PacketProbe::pour(const Napi::CallbackInfo& info) {
  other_sound_->pour(info[0].IsObject() ? element_argument<GstAppSrc>(info[0]) : nullptr);
  return info.Env().Undefined();
}

/** droppedSound(): how much of it a full appsrc did not take, in buffers. */
Napi::Value PacketProbe::dropped_sound(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(other_sound_->dropped()));
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
  other_sound_->pour(nullptr);
  std::lock_guard lock(audience_->mutex);
  audience_->listeners.clear();
  audience_->some = false;
  return info.Env().Undefined();
}

}  // namespace rxgst::record
