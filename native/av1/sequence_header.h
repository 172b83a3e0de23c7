// Reads the beginning of a sequence header of AV1, up to the size of its pictures (AV1 specification, 5.5.1).
// Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "h264/bits.h"

namespace rxgst::av1 {

struct SequenceHeader {
  int64_t width;
  int64_t height;
  uint32_t profile;
  /** Of the first operating point, which decoders choose: seq_level_idx and seq_tier. */
  uint32_t level;
  bool tier;
  /** Every picture is a whole keyframe, with a shorter header. */
  bool still;
};

namespace sequence_header_detail {

/** timing_info() and decoder_model_info(). Returns the bits of a delay; 0: there is no model. */
inline int skip_timing(BitReader& reader) {
  reader.bits(32);
  reader.bits(32);
  if (reader.bits(1)) reader.unsigned_golomb();
  if (!reader.bits(1)) return 0;
  const int delay_bits = static_cast<int>(reader.bits(5)) + 1;
  reader.bits(32);
  reader.bits(10);
  return delay_bits;
}

inline void read_operating_points(BitReader& reader, int delay_bits, SequenceHeader* header) {
  const bool delays = reader.bits(1);
  const uint32_t points = reader.bits(5) + 1;
  for (uint32_t point = 0; point < points && !reader.failed(); ++point) {
    reader.bits(12);
    const uint32_t level = reader.bits(5);
    const bool tier = level > 7 && reader.bits(1);
    if (point == 0) header->level = level, header->tier = tier;
    if (delay_bits > 0 && reader.bits(1)) {
      reader.bits(delay_bits);
      reader.bits(delay_bits);
      reader.bits(1);
    }
    if (delays && reader.bits(1)) reader.bits(4);
  }
}

// 32 operating points have some 110 bits each.
constexpr size_t enough_bytes = 512;

inline BitReader reader_of(const uint8_t* payload, size_t size) {
  return BitReader(std::vector<uint8_t>(payload, payload + (size < enough_bytes ? size : enough_bytes)));
}

/** Up to the size of pictures. */
inline std::optional<SequenceHeader> read_beginning(BitReader& reader) {
  SequenceHeader header{};
  header.profile = reader.bits(3);
  reader.bits(1);
  header.still = reader.bits(1);
  if (header.still) {
    header.level = reader.bits(5);
  } else {
    const int delay_bits = reader.bits(1) ? skip_timing(reader) : 0;
    read_operating_points(reader, delay_bits, &header);
  }
  const int width_bits = static_cast<int>(reader.bits(4)) + 1;
  const int height_bits = static_cast<int>(reader.bits(4)) + 1;
  header.width = int64_t{reader.bits(width_bits)} + 1;
  header.height = int64_t{reader.bits(height_bits)} + 1;
  if (reader.failed()) return std::nullopt;
  return header;
}

}  // namespace sequence_header_detail

/** None: it cannot be read. No picture of its sequence is greater. */
inline std::optional<SequenceHeader> read_sequence_header(const uint8_t* payload, size_t size) {
  BitReader reader = sequence_header_detail::reader_of(payload, size);
  return sequence_header_detail::read_beginning(reader);
}

}  // namespace rxgst::av1
