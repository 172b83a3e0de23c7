// Writes the headers within audio and video messages; the frame itself follows them and is not copied.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

struct TagHeader {
  static constexpr size_t most = 32;
  std::array<uint8_t, most> bytes{};
  size_t size = 0;
  std::span<const uint8_t> view() const { return {bytes.data(), size}; }
};

/**
 * The header of a frame, of whose payload nothing is read. H.264, AAC and the other codecs that FLV knows by a number
 * get FLV's own header, unless `frame.enhanced` asks for a FourCC or the frame needs what FLV's has not: a track above
 * 0, nanoseconds, the order of channels. `frame.codec_id` names a number that FLV's specification has not, such as 12
 * for HEVC. A frame with a track is OneTrack, as OBS writes it. Nothing: no header can say it.
 */
std::optional<TagHeader> write_tag_header(const Frame& frame);

}  // namespace rxgst::rtmp
