// Writes and reads a picture's wall clock as metadata of AV1: by ITU-T T.35 (AV1 specification, 5.8.2), since FFmpeg up
// to 7 takes the types that are left to users for damage. Our UUID stands before it, as in SEI. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "av1/config.h"
#include "av1/obu.h"
#include "h264/sei.h"

namespace rxgst::av1 {

/** METADATA_TYPE_ITUT_T35, then a country code that T.35 gives to nobody: readers pass over it. */
constexpr std::array<uint8_t, 3> stamp_head = {4, 0xff, 0};

/** Whether the pictures themselves begin with it. */
inline bool is_picture(int type) { return type == frame_header || type == frame; }

/** A whole OBU. */
inline std::vector<uint8_t> stamp_obu(int64_t unix_us) {
  std::vector<uint8_t> payload(stamp_head.begin(), stamp_head.end());
  payload.insert(payload.end(), sei_detail::uuid.begin(), sei_detail::uuid.end());
  for (int shift = 56; shift >= 0; shift -= 8)
    payload.push_back(static_cast<uint8_t>(static_cast<uint64_t>(unix_us) >> shift));
  payload.push_back(0x80);
  return obu_of(metadata, payload);
}

/** The stamp of a temporal unit, Unix µs. The search ends at its first picture. */
inline std::optional<int64_t> read_stamp(const uint8_t* data, size_t size) {
  constexpr auto& uuid = sei_detail::uuid;
  std::optional<int64_t> found;
  each_obu(data, size, [&](const Obu& obu) {
    if (is_picture(obu.type)) return false;
    if (obu.type != metadata || obu.payload_size < stamp_head.size() + uuid.size() + 8) return true;
    const uint8_t* at = obu.payload;
    if (!std::equal(stamp_head.begin(), stamp_head.end(), at)) return true;
    at += stamp_head.size();
    if (!std::equal(uuid.begin(), uuid.end(), at)) return true;
    at += uuid.size();
    uint64_t value = 0;
    for (size_t i = 0; i < 8; ++i) value = value << 8 | at[i];
    found = static_cast<int64_t>(value);
    return false;
  });
  return found;
}

}  // namespace rxgst::av1
