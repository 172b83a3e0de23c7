// Timestamps of a stream as running time.
#pragma once
#include <gst/gst.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * A timestamp within `segment` as running time in ns, with its sign. None: there is no timestamp, or the segment does
 * not count time. Encoders stamp from 1000 hours on, demuxers from 0. A peer or a graph may claim any 64 bits: the
 * result is limited to half of them (146 years), which leaves room for sums and differences.
 */
inline std::optional<int64_t> running_time(const GstSegment& segment, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time) || segment.format != GST_FORMAT_TIME) return std::nullopt;
  guint64 value = 0;
  const int sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, time, &value);
  if (sign == 0) return std::nullopt;
  const auto most = static_cast<int64_t>(std::min<guint64>(value, G_MAXINT64 / 2));
  return sign < 0 ? -most : most;
}

/** Whether a buffer with this time lies in the segment: a sink drops all others. */
inline bool is_within(const GstSegment& segment, GstClockTime time) {
  return time >= segment.start && (!GST_CLOCK_TIME_IS_VALID(segment.stop) || time <= segment.stop);
}

/** The segment of the stream on a pad; its format is undefined if no segment has come. */
inline GstSegment segment_of(GstPad* pad) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_UNDEFINED);
  if (GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0)) {
    gst_event_copy_segment(event, &segment);
    gst_event_unref(event);
  }
  return segment;
}

/** The running time of a timestamp on `pad`. */
inline std::optional<int64_t> running_time(GstPad* pad, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  return running_time(segment_of(pad), time);
}

}  // namespace rxgst
