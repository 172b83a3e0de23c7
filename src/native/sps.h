// The coded size and its cropping in an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1). Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rxgst {

struct CodedSize {
  int64_t width;
  int64_t height;
  bool frames_only;   // false: fields may be coded apart
  bool cropped_above; // what is shown does not begin with the first line, or cannot be told
};

/** Reads bits of a NAL unit whose emulation prevention bytes are gone; past its end everything is an error. */
class BitReader {
 public:
  explicit BitReader(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  bool failed() const { return failed_; }

  uint32_t bits(int count) {
    uint32_t value = 0;
    for (; count > 0; --count) {
      if (at_ >= bytes_.size() * 8) {
        failed_ = true;
        return 0;
      }
      value = value << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1);
      ++at_;
    }
    return value;
  }
  /** ue(v) */
  uint32_t unsigned_golomb() {
    int zeros = 0;
    while (!failed_ && bits(1) == 0) ++zeros;
    if (failed_ || zeros > 31) {
      failed_ = true;
      return 0;
    }
    return (uint32_t{1} << zeros) - 1 + bits(zeros);
  }
  /** se(v) */
  int64_t signed_golomb() {
    const int64_t code = unsigned_golomb();
    return code % 2 == 1 ? (code + 1) / 2 : -(code / 2);
  }

 private:
  std::vector<uint8_t> bytes_;
  size_t at_ = 0;
  bool failed_ = false;
};

inline void skip_scaling_list(BitReader& reader, int size) {
  int64_t last = 8, next = 8;
  for (int i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = (last + reader.signed_golomb() + 256) % 256;
    if (next != 0) last = next;
  }
}

/**
 * What a decoder allocates, which cropping hides from the caps. `nal` begins with the NAL header (type 7). None: it is
 * no readable parameter set.
 */
inline std::optional<CodedSize> coded_size(const uint8_t* nal, size_t size) {
  if (size < 4 || (nal[0] & 31) != 7) return std::nullopt;
  std::vector<uint8_t> bytes;
  for (size_t i = 1, zeros = 0; i < size; ++i) {
    if (zeros >= 2 && nal[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal[i] == 0 ? zeros + 1 : 0;
    bytes.push_back(nal[i]);
  }
  BitReader reader(std::move(bytes));
  const uint32_t profile = reader.bits(8);
  reader.bits(16);  // constraints and level
  reader.unsigned_golomb();
  switch (profile) {
    case 44: case 83: case 86: case 100: case 110: case 118: case 122: case 128: case 134: case 135: case 138: case 139: case 244: {
      const uint32_t chroma = reader.unsigned_golomb();
      if (chroma > 3) return std::nullopt;
      if (chroma == 3) reader.bits(1);
      reader.unsigned_golomb();
      reader.unsigned_golomb();
      reader.bits(1);
      if (reader.bits(1)) {
        for (int i = 0; i < (chroma == 3 ? 12 : 8); ++i) {
          if (reader.bits(1)) skip_scaling_list(reader, i < 6 ? 16 : 64);
        }
      }
    }
  }
  reader.unsigned_golomb();
  const uint32_t order = reader.unsigned_golomb();
  if (order == 0) {
    reader.unsigned_golomb();
  } else if (order == 1) {
    reader.bits(1);
    reader.signed_golomb();
    reader.signed_golomb();
    const uint32_t cycle = reader.unsigned_golomb();
    if (cycle > 255) return std::nullopt;
    for (uint32_t i = 0; i < cycle; ++i) reader.signed_golomb();
  }
  reader.unsigned_golomb();
  reader.bits(1);
  const int64_t width = (int64_t{reader.unsigned_golomb()} + 1) * 16;
  const int64_t units = (int64_t{reader.unsigned_golomb()} + 1) * 16;
  const bool frames_only = reader.bits(1);
  if (reader.failed()) return std::nullopt;
  if (!frames_only) reader.bits(1);
  reader.bits(1);
  uint32_t above = 0;
  if (reader.bits(1)) {
    reader.unsigned_golomb();
    reader.unsigned_golomb();
    above = reader.unsigned_golomb();
  }
  return CodedSize{width, frames_only ? units : units * 2, frames_only, above != 0 || reader.failed()};
}

}  // namespace rxgst
