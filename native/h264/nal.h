// Finds the NAL units of an access unit as decoders do. Arithmetic alone: no GStreamer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <vector>

namespace rxgst {

/** nal_unit_type (ITU-T H.264, table 7-1). */
enum UnitType : uint8_t {
  slice_unit = 1,
  partition_unit = 2,
  idr_unit = 5,
  message_unit = 6,
  sps_unit = 7,
  pps_unit = 8,
  delimiter_unit = 9,
  filler_unit = 12,
  subset_sps_unit = 15
};

inline int unit_type(const uint8_t* nal) { return nal[0] & 31; }
/** nal_ref_idc; 0: no picture refers to it. */
inline int reference_of(const uint8_t* nal) { return nal[0] >> 5 & 3; }
/** A coded part of a picture: a slice, or a partition of one. */
inline bool is_slice(const uint8_t* nal) { return unit_type(nal) >= slice_unit && unit_type(nal) <= idr_unit; }
inline bool is_sequence_set(const uint8_t* nal) {
  return unit_type(nal) == sps_unit || unit_type(nal) == subset_sps_unit;
}

/** The position of the next start code, 00 00 01; `size` if there is none. */
inline size_t find_start_code(const uint8_t* data, size_t size, size_t from) {
  for (size_t at = from + 2; at < size; ++at) {
    const auto* one = static_cast<const uint8_t*>(std::memchr(data + at, 1, size - at));
    if (!one) break;
    at = static_cast<size_t>(one - data);
    if (data[at - 1] == 0 && data[at - 2] == 0) return at - 2;
  }
  return size;
}

/** Calls on_unit(nal, size) for the bytes behind each start code; `first`: also for the bytes before the first one. */
template <class OnUnit>
void each_started_unit(const uint8_t* data, size_t size, bool first, OnUnit&& on_unit) {
  size_t begin = 0;
  bool inside = first;
  for (;;) {
    const size_t code = find_start_code(data, size, begin);
    size_t end = code;
    while (end > begin && data[end - 1] == 0) --end;
    if (inside && end > begin) on_unit(data + begin, end - begin);
    if (code >= size) return;
    begin = code + 3;
    inside = true;
  }
}

/**
 * Whether decoders take this unit type as it is. The other types have no meaning in a stream, and a set first bit is an
 * error.
 */
inline bool is_unit_header(uint8_t header) { return header < 128 && (header & 31) >= 1 && (header & 31) <= 23; }

/**
 * Calls on_part(at, length, payload) for each length of `prefix` bytes, until on_part returns false, if it returns
 * anything. Returns where it ended: `size` behind the last part, or less if a length leads out of the data or on_part
 * returned false.
 */
template <class OnPart>
size_t each_length(const uint8_t* data, size_t size, size_t prefix, OnPart&& on_part) {
  size_t at = 0;
  while (prefix > 0 && size - at >= prefix) {
    size_t length = 0;
    for (size_t i = 0; i < prefix; ++i) length = length << 8 | data[at + i];
    if (length > size - at - prefix) break;
    if constexpr (std::is_void_v<decltype(on_part(at, length, data))>) {
      on_part(at, length, data + at + prefix);
    } else if (!on_part(at, length, data + at + prefix)) {
      break;
    }
    at += prefix + length;
  }
  return at;
}

/**
 * Calls on_unit(nal, size) for every NAL unit. They stand behind lengths of `length_size` bytes (ISO/IEC 14496-15), and
 * within such a length also behind start codes, since libav looks for them there. 0: they stand behind start codes
 * alone (annex B).
 */
template <class OnUnit>
void each_unit(const uint8_t* data, size_t size, int length_size, OnUnit&& on_unit) {
  if (length_size == 0) return each_started_unit(data, size, false, on_unit);
  each_length(data, size, static_cast<size_t>(length_size), [&](size_t, size_t length, const uint8_t* payload) {
    each_started_unit(payload, length, true, on_unit);
  });
}

/** Whether a part behind a length is no unit of H.264. */
inline bool is_odd_part(size_t length, const uint8_t* payload) { return length == 0 || !is_unit_header(payload[0]); }

/**
 * The access unit without wrong lengths and without parts that are no units, by is_odd(length, payload); none: it has
 * neither. A decoder would stop at the first of them, or misread the rest: libav tries start codes, or a configuration
 * record.
 */
template <class IsOdd = bool (*)(size_t, const uint8_t*)>
std::optional<std::vector<uint8_t>> without_odd_units(const uint8_t* data, size_t size, int length_size,
                                                      IsOdd&& is_odd = is_odd_part) {
  const auto prefix = static_cast<size_t>(length_size);
  bool odd = false;
  odd = each_length(data, size, prefix,
                    [&](size_t, size_t length, const uint8_t* payload) { odd |= is_odd(length, payload); }) < size ||
        odd;
  if (!odd) return std::nullopt;
  std::vector<uint8_t> rest;
  each_length(data, size, prefix, [&](size_t at, size_t length, const uint8_t* payload) {
    if (!is_odd(length, payload)) rest.insert(rest.end(), data + at, data + at + prefix + length);
  });
  return rest;
}

}  // namespace rxgst
