// Writes and reads a picture's wall clock as additional information of HEVC: H.264's message, in a unit before the
// first slice. Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "h264/sei.h"
#include "hevc/nal.h"

namespace rxgst::hevc {

/** The NAL unit, without a length before it. */
inline std::vector<uint8_t> stamp_nal(int64_t unix_us) {
  const auto header = header_of(prefix_message_unit);
  return sei_detail::stamp_behind({header.begin(), header.end()}, unix_us);
}

/**
 * The stamp of an access unit (lengths of `length_size` bytes), Unix µs. The search ends at the first slice, or at a
 * unit that is too short.
 */
inline std::optional<int64_t> read_stamp(const uint8_t* data, size_t size, size_t length_size) {
  std::optional<int64_t> found;
  each_length(data, size, length_size, [&](size_t, size_t length, const uint8_t* nal) {
    if (length <= header_bytes || is_slice(unit_type(nal))) return false;
    if (unit_type(nal) == prefix_message_unit) found = sei_detail::stamp_of(nal + 1, length - 1);
    return !found;
  });
  return found;
}

}  // namespace rxgst::hevc
