// Reads the size of pictures in a sequence header of AV1 (AV1 specification, 5.5.1). Arithmetic alone.
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

inline void skip_operating_points(BitReader& reader, int delay_bits) {
  const bool delays = reader.bits(1);
  for (uint32_t points = reader.bits(5) + 1; points > 0 && !reader.failed(); --points) {
    reader.bits(12);
    if (reader.bits(5) > 7) reader.bits(1);
    if (delay_bits > 0 && reader.bits(1)) {
      reader.bits(delay_bits);
      reader.bits(delay_bits);
      reader.bits(1);
    }
    if (delays && reader.bits(1)) reader.bits(4);
  }
}

}  // namespace sequence_header_detail

/** None: it cannot be read. No picture of its sequence is greater. */
inline std::optional<SequenceHeader> read_sequence_header(const uint8_t* payload, size_t size) {
  using namespace sequence_header_detail;
  // 32 operating points have some 110 bits each.
  constexpr size_t enough_bytes = 512;
  BitReader reader(std::vector<uint8_t>(payload, payload + (size < enough_bytes ? size : enough_bytes)));
  SequenceHeader header{};
  header.profile = reader.bits(3);
  reader.bits(1);
  header.still = reader.bits(1);
  if (header.still) {
    reader.bits(5);
  } else {
    skip_operating_points(reader, reader.bits(1) ? skip_timing(reader) : 0);
  }
  const int width_bits = static_cast<int>(reader.bits(4)) + 1;
  const int height_bits = static_cast<int>(reader.bits(4)) + 1;
  header.width = int64_t{reader.bits(width_bits)} + 1;
  header.height = int64_t{reader.bits(height_bits)} + 1;
  if (reader.failed()) return std::nullopt;
  return header;
}

}  // namespace rxgst::av1
