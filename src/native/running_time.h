#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace rxgst {

/** A timestamp on `pad` as running time, ns; none without a segment. Encoders stamp from 1000 hours on, demuxers from 0. */
inline std::optional<int64_t> running_time(GstPad* pad, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (!event) return std::nullopt;
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  guint64 value = 0;
  const int sign = segment->format == GST_FORMAT_TIME
                       ? gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &value)
                       : 0;
  gst_event_unref(event);
  if (sign == 0) return std::nullopt;
  return sign < 0 ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
}

}  // namespace rxgst
