// The NAL units of HEVC (ITU-T H.265, 7.3.1.2, table 7-1). Arithmetic alone: no GStreamer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace rxgst::hevc {

/** nal_unit_type. */
enum UnitType : uint8_t {
  /** Behind it are the pictures at which a decoder can begin, up to 23. */
  broken_link_unit = 16,
  idr_with_leading_unit = 19,
  idr_unit = 20,
  clean_access_unit = 21,
  last_access_unit = 23,
  last_slice_unit = 31,
  video_set_unit = 32,
  sequence_set_unit = 33,
  picture_set_unit = 34,
  filler_unit = 38,
  prefix_message_unit = 39,
  suffix_message_unit = 40,
};

constexpr size_t header_bytes = 2;

inline int unit_type(const uint8_t* nal) { return nal[0] >> 1 & 63; }

/** The header of a unit of the one layer, which belongs to pictures of every rate. */
constexpr std::array<uint8_t, header_bytes> header_of(UnitType type) { return {static_cast<uint8_t>(type << 1), 1}; }

/** Whether decoders of a single layer take this unit as it is; others leave it out, or stumble over it. */
inline bool is_taken(const uint8_t* nal, size_t size) {
  if (size <= header_bytes || nal[0] >= 128) return false;
  const int layer = (nal[0] & 1) << 5 | nal[1] >> 3;
  const int temporal_plus1 = nal[1] & 7;
  return layer == 0 && temporal_plus1 > 0 && unit_type(nal) <= suffix_message_unit;
}

inline bool is_slice(int type) { return type <= last_slice_unit; }
/** An IRAP picture: a decoder can begin at it. */
inline bool is_access_point(int type) { return type >= broken_link_unit && type <= last_access_unit; }
/** No later picture that is shown after it refers to one before it. */
inline bool is_instant(int type) { return type >= broken_link_unit && type <= idr_unit; }
/** Later pictures of its layer may refer to it. */
inline bool is_reference(int type) { return is_access_point(type) || (type < broken_link_unit && type % 2 == 1); }

}  // namespace rxgst::hevc
