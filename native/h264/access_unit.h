// The properties of an H.264 access unit. Arithmetic alone: no GStreamer.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "h264/bits.h"
#include "h264/nal.h"

namespace rxgst {

/** The properties as the NAL units give them; the container's keyframe mark is not used. */
struct AccessUnit {
  size_t units = 0;
  size_t parameter_sets = 0;
  size_t messages = 0;  // of additional information (SEI)
  bool slices = false;
  bool instant = false;    // an IDR picture: no later picture refers to one before it
  bool intra = false;      // no slice refers to another picture
  bool reference = false;  // later pictures may refer to it
  /** The recovery point: after so many more frames the whole picture is right, whatever was decoded before. */
  std::optional<uint32_t> recovery;
};

/** payload type of a recovery point, in H.264 and in HEVC. */
constexpr size_t recovery_point_message = 6;

/**
 * Calls on_message(type, payload) for each message of additional information, SEI, in the bytes behind a unit's header
 * (ITU-T H.264, 7.3.2.3.1; H.265, 7.3.5). Of its payload the first `most` bytes are given.
 */
template <class OnMessage>
void each_message(const std::vector<uint8_t>& bytes, OnMessage&& on_message, size_t most = 8) {
  // The last byte ends the unit: a message has at least two.
  for (size_t at = 0; at + 2 < bytes.size();) {
    const auto number = [&] {
      size_t value = 0;
      while (at < bytes.size() && bytes[at] == 255) value += bytes[at++];
      return at < bytes.size() ? value + bytes[at++] : value;
    };
    const size_t type = number();
    const size_t length = number();
    const size_t begin = std::min(at, bytes.size());
    const size_t end = std::min(bytes.size(), begin + std::min(length, most));
    on_message(type, std::span(bytes).subspan(begin, end - begin));
    if (length > bytes.size() - begin) return;
    at += length;
  }
}

namespace access_unit_detail {

/** Additional information (ITU-T H.264, D.1.8): counts its messages, and notes a recovery point. */
inline void read_messages(const uint8_t* nal, size_t size, AccessUnit* unit) {
  each_message(unescaped(nal, size), [&](size_t type, std::span<const uint8_t> payload) {
    ++unit->messages;
    if (type != recovery_point_message) return;
    BitReader reader({payload.begin(), payload.end()});
    const uint32_t frames = reader.unsigned_golomb();
    if (!reader.failed()) unit->recovery = frames;
  });
}

/** Slices of type I and SI refer to no other picture (7.4.3). */
inline bool is_intra(const uint8_t* nal, size_t size) {
  BitReader reader(unescaped(nal, size, 16));
  reader.unsigned_golomb();
  const uint32_t type = reader.unsigned_golomb();
  return !reader.failed() && (type % 5 == 2 || type % 5 == 4);
}

}  // namespace access_unit_detail

/** `most`: the reader stops after so many units. */
inline AccessUnit read_access_unit(const uint8_t* data, size_t size, int length_size, size_t most) {
  AccessUnit unit;
  bool other = false;
  each_unit(data, size, length_size, [&](const uint8_t* nal, size_t length) {
    if (++unit.units > most || !is_unit_header(nal[0])) return;
    switch (unit_type(nal)) {
      case slice_unit:
      case partition_unit:
      case idr_unit:
        unit.slices = true;
        unit.instant |= unit_type(nal) == idr_unit;
        unit.reference |= reference_of(nal) != 0;
        other = other || !access_unit_detail::is_intra(nal, length);
        break;
      case message_unit:
        access_unit_detail::read_messages(nal, length, &unit);
        break;
      case sps_unit:
      case pps_unit:
      case subset_sps_unit:
        ++unit.parameter_sets;
        break;
      default:
        break;
    }
  });
  unit.intra = unit.slices && !other;
  return unit;
}

}  // namespace rxgst
