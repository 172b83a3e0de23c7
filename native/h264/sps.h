// Reads the coded size, the cropping and the depth in an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1, E.1.1).
// Arithmetic alone.
//
// A decoder allocates by its own reading of a set, and three readers follow each other: this one, GStreamer's and
// libav's. This reader assumes the worst that any of them may read.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "h264/bits.h"
#include "h264/nal.h"

namespace rxgst {

struct CodedSize {
  int64_t width;
  int64_t height;
  bool frames_only;    // false: fields may be coded apart
  bool cropped_above;  // the shown picture does not begin with the first line, or this is unknown
  uint32_t profile = 0;
  bool known_depth = true;               // is_known_depth(), in each reading of the set
  std::optional<uint32_t> reorder = {};  // pictures before one that is shown earlier, where the set tells
};

/**
 * Whether all readers agree on the fields of a set, and our decoders show what it describes: baseline, main, extended,
 * high and its variants up to 4:4:4. For 134, 135, 138, 139 and 144 one reader reads fields that another does not; 83,
 * 86, 118 and 128 belong to scalable and multiview streams, whose base layer has one of the other profiles.
 */
inline bool is_known_profile(uint32_t profile) {
  switch (profile) {
    case 66:
    case 77:
    case 88:
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
      return true;
    default:
      return false;
  }
}

/**
 * Bits of a luma and of a chroma sample that our decoders take. libav also decodes 9 and 14 bits, for which GStreamer
 * has no format: its element then uses a null pointer. libav refuses all others, and two different depths.
 */
inline bool is_known_depth(uint32_t luma, uint32_t chroma) {
  return luma == chroma && (luma == 8 || luma == 10 || luma == 12);
}

namespace sps_detail {

/** The profiles whose sets describe chroma, depth and scaling. */
inline bool has_high_syntax(uint32_t profile) {
  switch (profile) {
    case 44:
    case 83:
    case 86:
    case 100:
    case 110:
    case 118:
    case 122:
    case 128:
    case 134:
    case 135:
    case 138:
    case 139:
    case 244:
      return true;
    default:
      return false;
  }
}

/** False: libav refuses one of its steps, or reads on elsewhere. */
inline bool skip_scaling_list(BitReader& reader, int size) {
  int64_t last = 8, next = 8;
  for (int i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) {
      const int64_t step = reader.signed_golomb();
      if (step < -128 || step > 127) return false;
      next = (last + step + 256) % 256;
    }
    if (next != 0) last = next;
  }
  return !reader.failed();
}

inline bool skip_rates(BitReader& reader) {
  const uint32_t count = reader.unsigned_golomb() + 1;
  if (reader.failed() || count > 32) return false;
  reader.bits(8);
  for (uint32_t i = 0; i < count; ++i) {
    reader.unsigned_golomb();
    reader.unsigned_golomb();
    reader.bits(1);
  }
  reader.bits(20);
  return !reader.failed();
}

/** The usability information (annex E). False: a reader may refuse it. */
inline bool skip_usability(BitReader& reader, std::optional<uint32_t>* reorder) {
  if (reader.bits(1)) {
    const uint32_t ratio = reader.bits(8);
    if (ratio == 255)
      reader.bits(32);
    else if (ratio > 16)
      return false;
  }
  if (reader.bits(1)) reader.bits(1);
  if (reader.bits(1)) {
    reader.bits(4);
    if (reader.bits(1)) reader.bits(24);
  }
  if (reader.bits(1)) {
    reader.unsigned_golomb();
    reader.unsigned_golomb();
  }
  if (reader.bits(1)) {
    const uint32_t units = reader.bits(32), scale = reader.bits(32);
    if (units == 0 || scale == 0) return false;
    reader.bits(1);
  }
  const bool nal_rates = reader.bits(1);
  if (nal_rates && !skip_rates(reader)) return false;
  const bool vcl_rates = reader.bits(1);
  if (vcl_rates && !skip_rates(reader)) return false;
  if (nal_rates || vcl_rates) reader.bits(1);
  reader.bits(1);
  if (reader.bits(1)) {
    reader.bits(1);
    for (int i = 0; i < 4; ++i) reader.unsigned_golomb();
    const uint32_t pictures = reader.unsigned_golomb();
    if (pictures > 16) return false;
    reader.unsigned_golomb();
    if (!reader.failed()) *reorder = pictures;
  }
  return !reader.failed();
}

struct Reading {
  CodedSize size;
  bool whole;  // read to its end, with nothing in it that a reader may refuse
};

/** None: every reader refuses it, or, with `unclear`, another reader may read on where this one does not. */
inline std::optional<Reading> read(BitReader reader, bool* unclear) {
  *unclear = false;
  reader.end_at_stop_bit();
  const auto refuse = [&]() -> std::optional<Reading> {
    *unclear = reader.long_number();
    return std::nullopt;
  };
  const uint32_t profile = reader.bits(8);
  reader.bits(16);  // constraints and level
  if (reader.unsigned_golomb() > 31) return refuse();
  bool known_depth = true;
  if (has_high_syntax(profile)) {
    const uint32_t chroma = reader.unsigned_golomb();
    if (chroma > 3) return refuse();
    if (chroma == 3 && reader.bits(1)) return refuse();
    const uint32_t luma_depth = reader.unsigned_golomb(), chroma_depth = reader.unsigned_golomb();
    if (luma_depth > 6 || chroma_depth > 6) return refuse();
    known_depth = is_known_depth(8 + luma_depth, 8 + chroma_depth);
    reader.bits(1);
    if (reader.bits(1)) {
      for (int i = 0; i < (chroma == 3 ? 12 : 8); ++i) {
        if (reader.bits(1) && !skip_scaling_list(reader, i < 6 ? 16 : 64)) {
          *unclear = true;
          return std::nullopt;
        }
      }
    }
  }
  if (reader.unsigned_golomb() > 12) return refuse();
  const uint32_t order = reader.unsigned_golomb();
  if (order > 2) return refuse();
  if (order == 0) {
    if (reader.unsigned_golomb() > 12) return refuse();
  } else if (order == 1) {
    reader.bits(1);
    reader.signed_golomb();
    reader.signed_golomb();
    const uint32_t cycle = reader.unsigned_golomb();
    if (cycle > 255) return refuse();
    for (uint32_t i = 0; i < cycle; ++i) reader.signed_golomb();
  }
  if (reader.unsigned_golomb() > 16) return refuse();
  // If one reader takes an earlier number for shorter than it is, all later fields move.
  if (reader.long_number() || reader.failed()) {
    *unclear = true;
    return std::nullopt;
  }
  reader.bits(1);
  const int64_t width = (int64_t{reader.unsigned_golomb()} + 1) * 16;
  const int64_t units = (int64_t{reader.unsigned_golomb()} + 1) * 16;
  const bool frames_only = reader.bits(1);
  if (reader.failed()) return refuse();
  if (!frames_only) reader.bits(1);
  reader.bits(1);
  const int64_t height = frames_only ? units : units * 2;
  uint32_t above = 0;
  bool whole = true;
  if (reader.bits(1)) {
    const int64_t left = reader.unsigned_golomb(), right = reader.unsigned_golomb();
    above = reader.unsigned_golomb();
    const int64_t below = reader.unsigned_golomb();
    // In units of two columns, and two or four lines: cropping is refused only if it leaves nothing.
    whole = (left + right) * 2 < width && (int64_t{above} + below) * (frames_only ? 2 : 4) < height;
  }
  const bool cropped_above = above != 0 || reader.failed();
  std::optional<uint32_t> reorder;
  if (whole && reader.bits(1)) whole = skip_usability(reader, &reorder);
  whole = whole && !reader.failed() && !reader.long_number();
  return Reading{{width, height, frames_only, cropped_above, profile, known_depth, reorder}, whole};
}

}  // namespace sps_detail

/**
 * The size that a decoder allocates, which cropping hides from the caps. `nal` begins with the NAL header, of type 7,
 * or of type 15 for a further layer. None: it is no readable parameter set, or readers disagree about it.
 *
 * If libav refuses a set, it reads the set again with its emulation prevention bytes, and then again up to a cut end:
 * the largest result counts.
 */
inline std::optional<CodedSize> coded_size(const uint8_t* nal, size_t size) {
  // A set has hundreds of bytes, whatever it describes.
  constexpr size_t max_set_bytes = 4096;
  if (size < 4 || size > max_set_bytes || !is_sequence_set(nal)) return std::nullopt;
  bool unclear = false;
  auto first = sps_detail::read(BitReader(unescaped(nal, size)), &unclear);
  if (!first) return std::nullopt;
  if (first->whole) return first->size;
  const auto raw = sps_detail::read(BitReader(std::vector<uint8_t>(nal + 1, nal + size)), &unclear);
  if (unclear) return std::nullopt;
  if (raw) {
    first->size.width = std::max(first->size.width, raw->size.width);
    first->size.height = std::max(first->size.height, raw->size.height);
    first->size.known_depth = first->size.known_depth && raw->size.known_depth;
  }
  return first->size;
}

}  // namespace rxgst
