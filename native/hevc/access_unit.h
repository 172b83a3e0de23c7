// The properties of an access unit of HEVC. Arithmetic alone: no GStreamer.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "h264/access_unit.h"
#include "hevc/nal.h"

namespace rxgst::hevc {

namespace access_unit_detail {

/** Additional information (ITU-T H.265, 7.3.5, D.2.8): counts its messages, and notes a recovery point. */
inline void read_messages(const uint8_t* nal, size_t size, AccessUnit* unit) {
  each_message(unescaped(nal + 1, size - 1), [&](size_t type, std::span<const uint8_t> payload) {
    ++unit->messages;
    if (type != recovery_point_message) return;
    BitReader reader({payload.begin(), payload.end()});
    const int64_t pictures = reader.signed_golomb();
    if (!reader.failed()) unit->recovery = static_cast<uint32_t>(std::max<int64_t>(pictures, 0));
  });
}

}  // namespace access_unit_detail

/**
 * `most`: the reader stops after so many units. Pictures may come before a clean access point that refer to what was
 * before it, so that point is where the stream recovers; whether other pictures are intra is not looked for, since
 * every stream of HEVC begins at an access point.
 */
inline AccessUnit read_access_unit(const uint8_t* data, size_t size, int length_size, size_t most) {
  AccessUnit unit;
  bool access = true;
  each_unit(data, size, length_size, [&](const uint8_t* nal, size_t length) {
    if (++unit.units > most || !is_taken(nal, length)) return;
    const int type = unit_type(nal);
    if (is_slice(type)) {
      unit.slices = true;
      unit.instant |= is_instant(type);
      unit.reference |= is_reference(type);
      access &= is_access_point(type);
    } else if (type == prefix_message_unit || type == suffix_message_unit) {
      access_unit_detail::read_messages(nal, length, &unit);
    } else if (type >= video_set_unit && type <= picture_set_unit) {
      ++unit.parameter_sets;
    }
  });
  unit.intra = unit.slices && access;
  if (unit.intra && !unit.instant) unit.recovery = 0;
  return unit;
}

}  // namespace rxgst::hevc
