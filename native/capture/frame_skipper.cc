#include "capture/frame_skipper.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "h264/avc_config.h"
#include "js/js.h"

namespace rxgst {
namespace {

/** Bytes of a NAL unit's length in a stream of whole pictures behind lengths; 0: the stream is of another kind. */
int length_size_of(GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const auto is = [&](const char* field, std::string_view wanted) {
    const char* value = gst_structure_get_string(structure, field);
    return value && wanted == value;
  };
  if (!is("stream-format", "avc") || !is("alignment", "au")) return 0;
  // Of two fields that are coded apart, one may be needless and the other not.
  const MappedBuffer record(codec_data(caps));
  const auto sets = sequence_sets(record.data(), record.size());
  const bool frames = std::all_of(sets.begin(), sets.end(), [](const CodedSize& set) { return set.frames_only; });
  return !sets.empty() && frames ? nal_length_size(record.data(), record.size()) : 0;
}

GstPadProbeReturn on_data(FrameSkipperState& state, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER)
    return state.on_picture(GST_PAD_PROBE_INFO_BUFFER(info));
  state.on_event(GST_PAD_PROBE_INFO_EVENT(info));
  return GST_PAD_PROBE_OK;
}

}  // namespace

void FrameSkipperState::on_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      length_size_ = length_size_of(caps);
      policy_.forget();
      break;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &segment_);
      in_time_ = segment_.format == GST_FORMAT_TIME && segment_.rate == 1.0;
      policy_.forget();
      break;
    default:
      break;
  }
}

bool FrameSkipperState::needless(GstBuffer* buffer) {
  // The slots are unknown before the first picture has come out of the decoder.
  const auto zero = timeline_->zero();
  const bool timed =
      GST_BUFFER_PTS_IS_VALID(buffer) && GST_BUFFER_DTS_IS_VALID(buffer) && GST_BUFFER_DURATION_IS_VALID(buffer);
  const uint32_t jumps = timeline_->jumps();
  if (!zero || !timed || !in_time_ || length_size_ == 0 || std::exchange(jumps_, jumps) != jumps ||
      GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT)) {
    policy_.forget();
    return false;
  }
  const auto running = running_time(segment_, GST_BUFFER_PTS(buffer));
  if (!running || *running < 0) {
    policy_.forget();
    return false;
  }
  const int64_t since = *running - zero->running;
  SkipPolicy::Unit unit{
      .timestamp = since < 0 ? -1 : zero->capture + since / 1000,
      .duration = static_cast<int64_t>(GST_BUFFER_DURATION(buffer) / 1000),
      .dts = static_cast<int64_t>(GST_BUFFER_DTS(buffer)),
      .keyframe = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT),
      .disposable = false,
  };
  if (!unit.keyframe) {
    const MappedBuffer bytes(buffer);
    unit.disposable = nothing_refers_to(bytes.data(), bytes.size(), length_size_);
  }
  return policy_.needless(unit);
}

GstPadProbeReturn FrameSkipperState::on_picture(GstBuffer* buffer) {
  if (!needless(buffer)) return GST_PAD_PROBE_OK;
  ++dropped_;
  return GST_PAD_PROBE_DROP;
}

Napi::Function FrameSkipper::define(Napi::Env env) {
  return DefineClass(
      env, "FrameSkipper",
      {InstanceMethod("dropped", &FrameSkipper::dropped), InstanceMethod("close", &FrameSkipper::close)});
}

/**
 * new FrameSkipper(behind the parser, timeline, { fpsN, fpsD, behind }): before data flows, and behind probes that must
 * see every picture.
 */
FrameSkipper::FrameSkipper(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FrameSkipper>(info) {
  auto options = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().Int64Value(); };
  const Slots slots{number("fpsN"), number("fpsD")};
  state_ = std::make_shared<FrameSkipperState>(Timeline::Unwrap(info[1].As<Napi::Object>())->state(), slots,
                                               static_cast<uint32_t>(number("behind")));
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                    [state = state_](GstPad*, GstPadProbeInfo* data) { return on_data(*state, data); });
}

Napi::Value FrameSkipper::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped()));
}

Napi::Value FrameSkipper::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
