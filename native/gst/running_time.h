#pragma once
#include <gst/gst.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * What gst_segment_to_running_time_full() says, with its sign, ns. What a peer or a graph claims may fill 64 bits: half
 * of them (146 years) is as much as anybody means, and leaves room for sums and differences.
 */
inline int64_t signed_time(int sign, guint64 value) {
  const auto most = static_cast<int64_t>(std::min<guint64>(value, G_MAXINT64 / 2));
  return sign < 0 ? -most : most;
}

/** A timestamp on `pad` as running time, ns; none without a segment. Encoders stamp from 1000 hours on, demuxers from
 * 0. */
inline std::optional<int64_t> running_time(GstPad* pad, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (!event) return std::nullopt;
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  guint64 value = 0;
  const int sign =
      segment->format == GST_FORMAT_TIME ? gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, time, &value) : 0;
  gst_event_unref(event);
  if (sign == 0) return std::nullopt;
  return signed_time(sign, value);
}

}  // namespace rxgst
