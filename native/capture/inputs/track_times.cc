#include "capture/inputs/track_times.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "capture/inputs/input_pace.h"
#include "capture/inputs/whole_record.h"
#include "capture/inputs/whole_units.h"
#include "capture/timeline.h"
#include "capture/track_gate.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "js/js.h"

namespace rxgst {
namespace {

constexpr int64_t ns_per_us = 1000;
/** What plays before its segment, as the start of an audio codec does, has a negative running time, and none below. */
constexpr int64_t ahead_ns = 3'600'000'000'000;

/** What TrackTimes does in the streaming thread of its track. */
struct TimedTrack {
  Track track;
  std::shared_ptr<TimelineState> timeline;
  std::shared_ptr<InputPaceState> pace;  // null: packets pass as they come
  bool follows_segments;
  GstSegment segment;

  GstPadProbeReturn on_event(GstPadProbeInfo* info) {
    GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
    // A decoder would give up its references for the gap of a quiet track; here nobody waits for one.
    if (GST_EVENT_TYPE(event) == GST_EVENT_GAP) return GST_PAD_PROBE_DROP;
    if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
      GST_PAD_PROBE_INFO_DATA(info) = with_whole_record(with_whole_units(event));
      return GST_PAD_PROBE_OK;
    }
    if (GST_EVENT_TYPE(event) != GST_EVENT_SEGMENT) return GST_PAD_PROBE_OK;
    if (follows_segments) gst_event_copy_segment(event, &segment);
    GST_PAD_PROBE_INFO_DATA(info) = whole_segment(event);
    gst_event_unref(event);
    return GST_PAD_PROBE_OK;
  }

  GstClockTime running(GstClockTime time) const {
    const auto at = running_time(segment, time);
    if (!at) return GST_CLOCK_TIME_NONE;
    return static_cast<GstClockTime>(std::max<int64_t>(0, *at + timeline->base(track) + ahead_ns));
  }

  GstPadProbeReturn on_packet(GstPadProbeInfo* info) {
    GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = buffer;
    GST_BUFFER_PTS(buffer) = running(GST_BUFFER_PTS(buffer));
    GST_BUFFER_DTS(buffer) = running(GST_BUFFER_DTS(buffer));
    timeline->move_packet(track, info);
    if (!pace) return GST_PAD_PROBE_OK;
    const GstClockTime due = GST_BUFFER_DTS_OR_PTS(GST_PAD_PROBE_INFO_BUFFER(info));
    if (!GST_CLOCK_TIME_IS_VALID(due)) return GST_PAD_PROBE_OK;
    return pace->wait(static_cast<int64_t>(due) / ns_per_us) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }
};

}  // namespace

Napi::Function TrackTimes::define(Napi::Env env) {
  return DefineClass(env, "TrackTimes", {InstanceMethod("close", &TrackTimes::close)});
}

/**
 * new TrackTimes(element, 'video' | 'audio', timeline, pace | null, followsSegments): before data flows, on the
 * element's sink pad.
 */
TrackTimes::TrackTimes(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TrackTimes>(info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  const std::string kind = info[1].ToString();
  TimedTrack timed{kind == "video" ? Track::video : Track::audio, Timeline::Unwrap(info[2].As<Napi::Object>())->state(),
                   nullptr, info[4].ToBoolean(), GstSegment()};
  if (info[3].IsObject()) timed.pace = InputPace::Unwrap(info[3].As<Napi::Object>())->state();
  gst_segment_init(&timed.segment, GST_FORMAT_TIME);
  probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                    [timed](GstPad*, GstPadProbeInfo* what) mutable {
                      const bool packet = GST_PAD_PROBE_INFO_TYPE(what) & GST_PAD_PROBE_TYPE_BUFFER;
                      return packet ? timed.on_packet(what) : timed.on_event(what);
                    });
}

Napi::Value TrackTimes::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
