#include "pixels/audio_layout.h"

#include <array>
#include <utility>

#include "gst/element.h"
#include "js/js.h"

namespace rxgst {

GstAudioInfo audio_info(int rate, int channels, uint64_t mask) {
  std::array<GstAudioChannelPosition, 64> positions;
  positions.fill(GST_AUDIO_CHANNEL_POSITION_NONE);
  if (channels == 1)
    positions[0] = GST_AUDIO_CHANNEL_POSITION_MONO;
  else if (mask != 0 && !gst_audio_channel_positions_from_mask(channels, mask, positions.data())) {
    positions.fill(GST_AUDIO_CHANNEL_POSITION_NONE);
  }
  GstAudioInfo info;
  gst_audio_info_init(&info);
  gst_audio_info_set_format(&info, GST_AUDIO_FORMAT_F32LE, rate, channels, positions.data());
  return info;
}

GValue even_mix(int in, int out) {
  GValue rows = G_VALUE_INIT;
  g_value_init(&rows, GST_TYPE_ARRAY);
  for (int o = 0; o < out; ++o) {
    GValue row = G_VALUE_INIT;
    g_value_init(&row, GST_TYPE_ARRAY);
    for (int i = 0; i < in; ++i) {
      GValue share = G_VALUE_INIT;
      g_value_init(&share, G_TYPE_FLOAT);
      g_value_set_float(&share, 1.0f / static_cast<float>(in));
      gst_value_array_append_and_take_value(&row, &share);
    }
    gst_value_array_append_and_take_value(&rows, &row);
  }
  return rows;
}

namespace {

struct Layout {
  int wanted;          // channels behind the converter; 0: the source's
  bool mixed = false;  // by a matrix of ours
};

/** Streaming thread. The caps that are to be taken in place of these; null: these. */
GstCaps* named(Layout& layout, GstElement* converter, GstCaps* caps) {
  GstStructure* structure = gst_caps_get_structure(caps, 0);
  int channels = 0;
  guint64 mask = 0;
  if (!gst_structure_get_int(structure, "channels", &channels)) return nullptr;
  const bool told = gst_structure_get(structure, "channel-mask", GST_TYPE_BITMASK, &mask, nullptr);
  const bool unnamed = channels > 2 && told && mask == 0;
  const uint64_t usual = unnamed ? usual_layout(channels) : 0;
  const bool mixed = unnamed && usual == 0 && layout.wanted > 0 && layout.wanted != channels;
  if (mixed || layout.mixed) {
    GValue matrix = even_mix(mixed ? channels : 0, mixed ? layout.wanted : 0);
    g_object_set_property(G_OBJECT(converter), "mix-matrix", &matrix);
    g_value_unset(&matrix);
    layout.mixed = mixed;
  }
  if (usual == 0) return nullptr;
  GstCaps* result = gst_caps_copy(caps);
  gst_caps_set_simple(result, "channel-mask", GST_TYPE_BITMASK, usual, nullptr);
  return result;
}

GstPadProbeReturn on_event(Layout& layout, GstPad* pad, GstPadProbeInfo* info) {
  GstCaps* caps = caps_of_event(info);
  ObjectRef<GstElement> converter(caps ? gst_pad_get_parent_element(pad) : nullptr);
  if (!converter) return GST_PAD_PROBE_OK;
  CapsRef other(named(layout, converter.get(), caps));
  if (!other) return GST_PAD_PROBE_OK;
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  GST_PAD_PROBE_INFO_DATA(info) = gst_event_new_caps(other.get());
  gst_event_unref(event);
  return GST_PAD_PROBE_OK;
}

}  // namespace

Napi::Function AudioLayout::define(Napi::Env env) {
  return DefineClass(env, "AudioLayout", {InstanceMethod("close", &AudioLayout::close)});
}

/** new SoundLayout(audioconvert, channels behind it; 0: the source's): before data flows. */
AudioLayout::AudioLayout(const Napi::CallbackInfo& info) : Napi::ObjectWrap<AudioLayout>(info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  const Layout given{info[1].ToNumber().Int32Value()};
  probe_ =
      PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
               [layout = given](GstPad* at, GstPadProbeInfo* event) mutable { return on_event(layout, at, event); });
}

Napi::Value AudioLayout::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
