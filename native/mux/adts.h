// Reads the header that AAC has before each frame in transport streams: ADTS (ISO/IEC 14496-3, 1.A.3.2). Arithmetic
// alone.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

namespace rxgst::mux {

struct AdtsFrame {
  size_t header_bytes;
  /** What a container has in its place: AudioSpecificConfig. */
  std::array<uint8_t, 2> config;
  int rate;
  int channels;
};

/** Nothing: it is no such frame, or its channels are told within the frame. */
inline std::optional<AdtsFrame> read_adts(std::span<const uint8_t> frame) {
  constexpr size_t short_header = 7, long_header = 9;
  constexpr int rates[] = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                           22'050, 16'000, 12'000, 11'025, 8000,   7350};
  constexpr int counts[] = {0, 1, 2, 3, 4, 5, 6, 8};
  if (frame.size() <= long_header || frame[0] != 0xff || (frame[1] & 0xf6) != 0xf0) return std::nullopt;
  const uint32_t object_type = (frame[2] >> 6) + 1u, rate = frame[2] >> 2 & 15;
  const uint32_t channels = (frame[2] & 1u) << 2 | frame[3] >> 6;
  if (rate >= std::size(rates) || channels == 0) return std::nullopt;
  const std::array<uint8_t, 2> config{static_cast<uint8_t>(object_type << 3 | rate >> 1),
                                      static_cast<uint8_t>((rate & 1) << 7 | channels << 3)};
  const bool has_checksum = (frame[1] & 1) == 0;
  return AdtsFrame{has_checksum ? long_header : short_header, config, rates[rate], counts[channels]};
}

}  // namespace rxgst::mux
