// Walks through the OBUs of AV1 (AV1 Bitstream & Decoding Process Specification, 5.3). Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace rxgst::av1 {

/** obu_type. */
enum ObuType : uint8_t {
  sequence_header = 1,
  temporal_delimiter = 2,
  frame_header = 3,
  metadata = 5,
  frame = 6,
  tile_list = 8,
  padding = 15,
};

/** The first byte of an OBU that tells its size and belongs to no layer. */
constexpr uint8_t header_of(ObuType type) { return static_cast<uint8_t>(type << 3 | 2); }

struct Obu {
  int type;
  /** Where its header begins, and all its bytes. */
  const uint8_t* begin;
  size_t size;
  const uint8_t* payload;
  size_t payload_size;
};

/** None: it leads out of the data, or is no OBU. */
inline std::optional<Obu> read_obu(const uint8_t* data, size_t size) {
  if (size == 0 || data[0] >= 128) return std::nullopt;
  const bool extended = data[0] & 4, sized = data[0] & 2;
  size_t at = extended ? 2 : 1;
  if (at > size) return std::nullopt;
  uint64_t length = size - at;
  if (sized) {
    // leb128(): at most 8 bytes, of which each holds 7 bits.
    length = 0;
    for (int i = 0;; ++i) {
      if (at >= size || i == 8) return std::nullopt;
      const uint8_t byte = data[at++];
      length |= static_cast<uint64_t>(byte & 127) << 7 * i;
      if (byte < 128) break;
    }
    if (length > size - at) return std::nullopt;
  }
  const auto payload = static_cast<size_t>(length);
  return Obu{data[0] >> 3 & 15, data, at + payload, data + at, payload};
}

/**
 * Calls on_obu(obu) for each, until it returns false, if it returns anything. Returns where it ended: `size`, or less
 * where something is no OBU or on_obu returned false.
 */
template <class OnObu>
size_t each_obu(const uint8_t* data, size_t size, OnObu&& on_obu) {
  size_t at = 0;
  while (at < size) {
    const auto obu = read_obu(data + at, size - at);
    if (!obu) break;
    if constexpr (std::is_void_v<decltype(on_obu(*obu))>) {
      on_obu(*obu);
    } else if (!on_obu(*obu)) {
      break;
    }
    at += obu->size;
  }
  return at;
}

}  // namespace rxgst::av1
