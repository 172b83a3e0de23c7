// Reads the size and the kind of pictures in a sequence parameter set of HEVC (ITU-T H.265, 7.3.2.2.1, 7.3.3).
// Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "h264/bits.h"
#include "hevc/nal.h"

namespace rxgst::hevc {

struct SequenceSet {
  int64_t width;
  int64_t height;
  uint32_t chroma_format;                // 0: grey; 1: 4:2:0; 2: 4:2:2; 3: 4:4:4
  uint32_t depth;                        // bits of a sample; 0: luma and chroma differ
  std::optional<uint32_t> reorder = {};  // pictures before one that is shown earlier
};

namespace sequence_set_detail {

constexpr uint32_t most_sub_layers = 7;

inline void skip(BitReader& reader, int bits) {
  for (; bits > 0; bits -= 32) reader.bits(std::min(bits, 32));
}

/** profile_tier_level(): each sub-layer may have a profile of its own, of 88 bits, and a level of 8. */
inline void skip_profile(BitReader& reader, uint32_t sub_layers) {
  constexpr int profile_bits = 88, level_bits = 8;
  skip(reader, profile_bits + level_bits);
  uint32_t flags = 0;
  for (uint32_t i = 0; i < sub_layers; ++i) flags = flags << 2 | reader.bits(2);
  if (sub_layers > 0) skip(reader, static_cast<int>(8 - sub_layers) * 2);
  for (uint32_t i = sub_layers; i > 0; --i) {
    const uint32_t has = flags >> 2 * (i - 1) & 3;
    skip(reader, (has & 2 ? profile_bits : 0) + (has & 1 ? level_bits : 0));
  }
}

}  // namespace sequence_set_detail

/** None: it cannot be read. The size is the coded one, before it is cropped. */
inline std::optional<SequenceSet> read_sequence_set(const uint8_t* nal, size_t size) {
  using namespace sequence_set_detail;
  // What is read here ends within far fewer bytes: seven profiles, and a dozen numbers.
  constexpr size_t enough_bytes = 256;
  if (size <= header_bytes) return std::nullopt;
  BitReader reader(unescaped(nal + 1, size - 1, enough_bytes));
  reader.bits(4);
  const uint32_t sub_layers = reader.bits(3);
  if (sub_layers >= most_sub_layers) return std::nullopt;
  reader.bits(1);
  skip_profile(reader, sub_layers);
  reader.unsigned_golomb();
  SequenceSet set{};
  set.chroma_format = reader.unsigned_golomb();
  if (set.chroma_format == 3) reader.bits(1);
  set.width = reader.unsigned_golomb();
  set.height = reader.unsigned_golomb();
  if (reader.bits(1)) {
    for (int side = 0; side < 4; ++side) reader.unsigned_golomb();
  }
  const uint32_t luma = reader.unsigned_golomb(), chroma = reader.unsigned_golomb();
  if (set.chroma_format == 0 || luma == chroma) set.depth = 8 + std::min(luma, 255u);
  if (reader.failed() || set.width == 0 || set.height == 0 || set.chroma_format > 3) return std::nullopt;
  reader.unsigned_golomb();
  // Of the highest sub-layer, which is the last one told.
  uint32_t pictures = 0;
  for (uint32_t told = reader.bits(1) ? sub_layers + 1 : 1; told > 0; --told) {
    reader.unsigned_golomb();
    pictures = reader.unsigned_golomb();
    reader.unsigned_golomb();
  }
  if (!reader.failed()) set.reorder = pictures;
  return set;
}

}  // namespace rxgst::hevc
