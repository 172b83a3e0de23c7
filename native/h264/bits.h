// Reads the bits of an H.264 NAL unit (ITU-T H.264, 7.2, 7.3.1, 9.1). Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rxgst {

/** Reads bits of a NAL unit without emulation prevention bytes. Every read past the end is an error. */
class BitReader {
 public:
  explicit BitReader(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)), end_(bytes_.size() * 8) {}
  bool failed() const { return failed_; }
  /** Bits that were read. */
  size_t position() const { return at_; }
  /** A number was longer than libav's short readers support: they read something else after it. */
  bool long_number() const { return long_number_; }
  /** Excludes the stop bit, which is the last bit that is 1, and the zeros behind it. */
  void end_at_stop_bit() {
    while (end_ > 0 && (bytes_[(end_ - 1) / 8] >> (7 - (end_ - 1) % 8) & 1) == 0) --end_;
    if (end_ > 0) --end_;
  }

  uint32_t bits(int count) {
    uint32_t value = 0;
    for (; count > 0; --count) {
      if (at_ >= end_) {
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
    if (zeros > most_short_zeros) long_number_ = true;
    return (uint32_t{1} << zeros) - 1 + bits(zeros);
  }
  /** se(v) */
  int64_t signed_golomb() {
    const int64_t code = unsigned_golomb();
    return code % 2 == 1 ? (code + 1) / 2 : -(code / 2);
  }

 private:
  static constexpr int most_short_zeros = 12;

  std::vector<uint8_t> bytes_;
  size_t end_;
  size_t at_ = 0;
  bool failed_ = false;
  bool long_number_ = false;
};

/**
 * The bytes behind a NAL unit's header, without emulation prevention bytes, up to a start code; at most `most` bytes.
 */
inline std::vector<uint8_t> unescaped(const uint8_t* nal, size_t size, size_t most = SIZE_MAX) {
  std::vector<uint8_t> bytes;
  for (size_t i = 1, zeros = 0; i < size && bytes.size() < most; ++i) {
    if (zeros >= 2 && nal[i] == 3) {
      zeros = 0;
      continue;
    }
    if (zeros >= 2 && (nal[i] == 1 || nal[i] == 2)) break;
    zeros = nal[i] == 0 ? zeros + 1 : 0;
    bytes.push_back(nal[i]);
  }
  return bytes;
}

}  // namespace rxgst
