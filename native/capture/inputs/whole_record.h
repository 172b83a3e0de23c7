// AV1 of MP4, whose configuration record has lost its beginning.
#pragma once
#include <gst/gst.h>

#include <optional>
#include <utility>
#include <vector>

#include "av1/config.h"
#include "gst/caps.h"

namespace rxgst {

/** av1C of the record's OBUs without their first byte, which is the header of a sequence header. None: it is not. */
inline std::optional<std::vector<uint8_t>> whole_record(const uint8_t* data, size_t size) {
  std::vector<uint8_t> units{av1::header_of(av1::sequence_header)};
  units.insert(units.end(), data, data + size);
  const auto first = av1::read_obu(units.data(), units.size());
  if (!first) return std::nullopt;
  return av1::record_of({first->payload, first->payload + first->payload_size});
}

/**
 * The same event, or one with a whole configuration record: qtdemux (1.22) gives that of AV1 out from its sixth byte
 * on. Where none can be made of it, the caps have none: keyframes have a sequence header of their own, as a rule. Takes
 * the event over, and gives one back.
 */
inline GstEvent* with_whole_record(GstEvent* event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  if (media_of(caps) != "video/x-av1") return event;
  const MappedBuffer record(codec_data(caps));
  constexpr uint8_t marker_and_version = 0x81;
  if (record.size() == 0 || record.data()[0] == marker_and_version) return event;
  const CapsRef told(gst_caps_copy(caps));
  gst_structure_remove_field(gst_caps_get_structure(told.get(), 0), "codec_data");
  if (const auto whole = whole_record(record.data(), record.size())) {
    const BufferRef buffer(gst_buffer_new_memdup(whole->data(), whole->size()));
    gst_caps_set_simple(told.get(), "codec_data", GST_TYPE_BUFFER, buffer.get(), nullptr);
  }
  GstEvent* other = gst_event_new_caps(told.get());
  gst_event_unref(event);
  return other;
}

}  // namespace rxgst
