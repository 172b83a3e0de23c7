// The sequence parameter sets that a stream of whole pictures behind lengths carries in its caps.
#pragma once
#include <gst/gst.h>

#include <vector>

#include "h264/sps.h"

namespace rxgst {

/** Of `codec_data`, an avcC (ISO/IEC 14496-15, 5.2.4.1). Empty: there are none, or one cannot be read. */
inline std::vector<CodedSize> parameter_sets(GstCaps* caps) {
  std::vector<CodedSize> sets;
  const GValue* value = caps ? gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data") : nullptr;
  GstMapInfo map;
  if (!value || !GST_VALUE_HOLDS_BUFFER(value) || !gst_buffer_map(gst_value_get_buffer(value), &map, GST_MAP_READ))
    return sets;
  constexpr gsize head = 6;
  const int count = map.size >= head ? map.data[5] & 31 : 0;
  gsize at = head;
  for (int i = 0; i < count; ++i) {
    const gsize size = at + 2 <= map.size ? gsize{map.data[at]} << 8 | map.data[at + 1] : 0;
    const bool whole = size > 0 && at + 2 + size <= map.size;
    const auto set = whole ? coded_size(map.data + at + 2, size) : std::nullopt;
    if (!set) {
      sets.clear();
      break;
    }
    sets.push_back(*set);
    at += 2 + size;
  }
  gst_buffer_unmap(gst_value_get_buffer(value), &map);
  return sets;
}

}  // namespace rxgst
