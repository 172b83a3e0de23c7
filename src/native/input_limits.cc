#include "input_limits.h"

#include <algorithm>
#include <utility>

#include "flood_guard.h"
#include "sps.h"

namespace rxgst {
namespace {

constexpr int64_t us_per_s = 1'000'000;
constexpr int parameter_set = 7;

struct Mapped {
  explicit Mapped(GstBuffer* buffer) : buffer(buffer), ok(gst_buffer_map(buffer, &map, GST_MAP_READ)) {}
  ~Mapped() {
    if (ok) gst_buffer_unmap(buffer, &map);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  GstBuffer* buffer;
  GstMapInfo map;
  bool ok;
};

using State = std::shared_ptr<LimitsState>;

GstPadProbeReturn message_probe(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  return (*static_cast<State*>(data))->on_message(pad, GST_PAD_PROBE_INFO_BUFFER(info));
}

GstPadProbeReturn picture_probe(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto& state = *static_cast<State*>(data);
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    return state->on_picture(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  }
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  // Behind caps that were refused nothing makes sense.
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return state->refused() ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  return state->on_caps(pad, caps);
}

PadProbe probe(GstElement* element, GstPadProbeType type, GstPadProbeCallback callback, const State& state) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "src"));
  const gulong id = gst_pad_add_probe(pad.get(), type, callback, new State(state),
                                      [](gpointer data) { delete static_cast<State*>(data); });
  return PadProbe(std::move(pad), id);
}

}  // namespace

void LimitsState::refuse(GstPad* pad, const char* code, const std::string& why) {
  if (refused_.exchange(true)) return;
  ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
  if (!element) return;
  post_refused(element.get(), code, why, false);
}

/** Either way up. What is coded comes in whole macroblocks: 1088 lines for 1080. */
bool LimitsState::check_size(GstPad* pad, int64_t width, int64_t height, bool coded) {
  const auto limit = [coded](int64_t side) { return coded ? (side + 15) / 16 * 16 : side; };
  if (std::max(width, height) <= limit(std::max(max_width, max_height)) &&
      std::min(width, height) <= limit(std::min(max_width, max_height))) {
    return true;
  }
  refuse(pad, "ERR_UNSUPPORTED_MEDIA",
         "pictures of " + std::to_string(width) + " × " + std::to_string(height) + "; at most " +
             std::to_string(max_width) + " × " + std::to_string(max_height) + " are taken (maxWidth, maxHeight)");
  return false;
}

GstPadProbeReturn LimitsState::on_message(GstPad* pad, GstBuffer* buffer) {
  const gsize size = gst_buffer_get_size(buffer);
  if (size > max_message) {
    refuse(pad, "ERR_BAD_STREAM", "a message of " + std::to_string(size) + " bytes; " + std::to_string(max_message) + " are taken");
  }
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

bool LimitsState::check_parameter_set(GstPad* pad, const uint8_t* nal, gsize size) {
  const auto coded = coded_size(nal, size);
  if (!coded) {
    refuse(pad, "ERR_BAD_STREAM", "an H.264 parameter set that cannot be read");
    return false;
  }
  return check_size(pad, coded->width, coded->height, true);
}

GstPadProbeReturn LimitsState::on_caps(GstPad* pad, GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  int width = 0, height = 0;
  gst_structure_get_int(structure, "width", &width);
  gst_structure_get_int(structure, "height", &height);
  check_size(pad, width, height, false);
  length_size_ = 0;
  const GValue* value = gst_structure_get_value(structure, "codec_data");
  if (value && GST_VALUE_HOLDS_BUFFER(value)) {
    Mapped mapped(gst_value_get_buffer(value));
    const uint8_t* data = mapped.map.data;
    const gsize size = mapped.ok ? mapped.map.size : 0;
    // avcC (ISO/IEC 14496-15, 5.2.4.1): the parameter sets stand behind their lengths.
    if (size >= 6) {
      length_size_ = (data[4] & 3) + 1;
      gsize at = 6;
      for (int sets = data[5] & 31; sets > 0 && at + 2 <= size; --sets) {
        const gsize length = GST_READ_UINT16_BE(data + at);
        at += 2;
        if (at + length > size || !check_parameter_set(pad, data + at, length)) break;
        at += length;
      }
    }
  }
  return refused_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

bool LimitsState::check_units(GstPad* pad, GstBuffer* buffer) {
  Mapped mapped(buffer);
  const uint8_t* data = mapped.map.data;
  const gsize size = mapped.ok ? mapped.map.size : 0;
  const auto prefix = static_cast<gsize>(length_size_);
  if (prefix == 0) {
    for (gsize at = 3; at < size; ++at) {
      const bool start = data[at - 1] == 1 && data[at - 2] == 0 && data[at - 3] == 0;
      if (start && (data[at] & 31) == parameter_set && !check_parameter_set(pad, data + at, size - at)) return false;
    }
    return true;
  }
  for (gsize at = 0; at + prefix < size;) {
    gsize length = 0;
    for (gsize i = 0; i < prefix; ++i) length = length << 8 | data[at + i];
    at += prefix;
    if (length == 0 || length > size - at) break;
    if ((data[at] & 31) == parameter_set && !check_parameter_set(pad, data + at, length)) return false;
    at += length;
  }
  return true;
}

GstPadProbeReturn LimitsState::on_picture(GstPad* pad, GstBuffer* buffer) {
  if (refused_) return GST_PAD_PROBE_DROP;
  // Parameter sets may change within the stream, too.
  if (!check_units(pad, buffer)) return GST_PAD_PROBE_DROP;
  // Too fast is what is so in its own time and in ours: a burst is not, nor are timestamps that stand still.
  const GstClockTime dts = GST_BUFFER_DTS_OR_PTS(buffer);
  const int64_t now = now_us();
  recent_.push_back({dts, now});
  const auto old = [&](const Arrival& arrival) {
    const bool apart = GST_CLOCK_TIME_IS_VALID(dts) && GST_CLOCK_TIME_IS_VALID(arrival.dts) && dts >= arrival.dts + GST_SECOND;
    return apart || now - arrival.at >= us_per_s;
  };
  while (old(recent_.front())) recent_.pop_front();
  // A quarter more: what comes is counted in whole milliseconds, and bunched by networks.
  if (static_cast<double>(recent_.size()) > max_fps * 1.25 + 2) {
    refuse(pad, "ERR_UNSUPPORTED_MEDIA", "more than " + std::to_string(static_cast<int>(max_fps)) + " pictures a second (maxFps)");
    return GST_PAD_PROBE_DROP;
  }
  return GST_PAD_PROBE_OK;
}

Napi::Function InputLimits::define(Napi::Env env) {
  return DefineClass(env, "InputLimits", {InstanceMethod("close", &InputLimits::close)});
}

/** new InputLimits(source, parser, { maxWidth, maxHeight, maxFps, maxMessage }): before data flows. */
InputLimits::InputLimits(const Napi::CallbackInfo& info) : Napi::ObjectWrap<InputLimits>(info) {
  auto options = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().DoubleValue(); };
  state_->max_width = static_cast<int64_t>(number("maxWidth"));
  state_->max_height = static_cast<int64_t>(number("maxHeight"));
  state_->max_fps = number("maxFps");
  state_->max_message = static_cast<gsize>(number("maxMessage"));
  probes_[0] = probe(pointer_argument<GstElement>(info[0]), GST_PAD_PROBE_TYPE_BUFFER, message_probe, state_);
  probes_[1] = probe(pointer_argument<GstElement>(info[1]),
                     static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
                     picture_probe, state_);
}

Napi::Value InputLimits::close(const Napi::CallbackInfo& info) {
  for (PadProbe& probe : probes_) probe = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
