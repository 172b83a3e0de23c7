// Writes and reads a picture's wall clock as H.264 SEI: unregistered user data under our own UUID. HEVC has the same
// message behind another NAL header (hevc/sei.h). Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "h264/bits.h"
#include "h264/nal.h"

namespace rxgst {

namespace sei_detail {

constexpr std::array<uint8_t, 16> uuid = {0x7d, 0x1f, 0x4b, 0xe3, 0x52, 0xa8, 0x4c, 0x96,
                                          0x9e, 0x37, 0xc1, 0x6a, 0x85, 0x2d, 0xf0, 0x41};
constexpr uint8_t user_data = 5;
constexpr size_t payload_bytes = uuid.size() + 8;
/** The largest size of a stamp behind the NAL header: 2 bytes, the payload, and at most one more for every two. */
constexpr size_t max_stamp_bytes = 2 + payload_bytes * 3 / 2 + 1;

/** The NAL unit that begins with `nal`, its header: one message of less than 255 bytes. */
inline std::vector<uint8_t> message_behind(std::vector<uint8_t> nal, uint8_t type, std::span<const uint8_t> payload) {
  nal.insert(nal.end(), {type, static_cast<uint8_t>(payload.size())});
  int zeros = 0;
  for (const uint8_t byte : payload) {
    // Two zeros and a byte up to 3 are a start code, or hide one (7.4.1).
    if (zeros == 2 && byte <= 3) {
      nal.push_back(3);
      zeros = 0;
    }
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  nal.push_back(0x80);
  return nal;
}

/** The stamp as such a unit. */
inline std::vector<uint8_t> stamp_behind(std::vector<uint8_t> nal, int64_t unix_us) {
  std::array<uint8_t, payload_bytes> payload;
  std::copy(uuid.begin(), uuid.end(), payload.begin());
  for (size_t i = 0; i < 8; ++i)
    payload[uuid.size() + i] = static_cast<uint8_t>(static_cast<uint64_t>(unix_us) >> (56 - 8 * i));
  return message_behind(std::move(nal), user_data, payload);
}

/** The stamp of a NAL unit of additional information; `last` is the last byte of its header. */
inline std::optional<int64_t> stamp_of(const uint8_t* last, size_t size) {
  // The SEI of other users may be long; ours is short, and alone in its NAL unit.
  if (size > 1 + max_stamp_bytes) return std::nullopt;
  const std::vector<uint8_t> bytes = unescaped(last, size);
  if (bytes.size() < 2 + payload_bytes || bytes[0] != user_data || bytes[1] != payload_bytes) return std::nullopt;
  if (!std::equal(uuid.begin(), uuid.end(), bytes.begin() + 2)) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | bytes[2 + uuid.size() + i];
  return static_cast<int64_t>(value);
}

}  // namespace sei_detail

/** The NAL unit of the SEI, without a length before it. */
inline std::vector<uint8_t> stamp_nal(int64_t unix_us) { return sei_detail::stamp_behind({message_unit}, unix_us); }

/**
 * The stamp of an access unit (AVC, lengths of `length_size` bytes), Unix µs. The search ends at the first slice, or at
 * an empty unit.
 */
inline std::optional<int64_t> read_stamp(const uint8_t* data, size_t size, size_t length_size) {
  std::optional<int64_t> found;
  each_length(data, size, length_size, [&](size_t, size_t length, const uint8_t* nal) {
    if (length == 0 || is_slice(nal)) return false;
    if (unit_type(nal) == message_unit) found = sei_detail::stamp_of(nal, length);
    return !found;
  });
  return found;
}

}  // namespace rxgst
