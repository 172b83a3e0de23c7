// Encoded packets on their way into a container, and what a player must know of their tracks.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gst/refs.h"

namespace rxgst::mux {

enum class Codec : uint8_t { h264, hevc, av1, aac };

struct Format {
  Codec codec = Codec::h264;
  /** The codec's configuration record: avcC, hvcC, av1C; AudioSpecificConfig. */
  std::vector<uint8_t> record;
  // Pictures.
  int width = 0;
  int height = 0;
  int pixel_n = 1;
  int pixel_d = 1;
  // Sound.
  int rate = 0;
  int channels = 0;
  bool operator==(const Format&) const = default;
};

inline bool same_format(const std::shared_ptr<const Format>& one, const std::shared_ptr<const Format>& other) {
  return one == other || (one && other && *one == *other);
}

/** One access unit, its NAL units behind 4-byte lengths; of AV1, its OBUs; or one raw AAC frame. */
struct Packet {
  std::shared_ptr<const Format> format;
  BufferRef data;
  bool video = false;
  bool key = false;
  /** Packets of another source have times of their own. */
  uint32_t source = 0;
  int64_t dts_ns = 0;
  int64_t pts_ns = 0;
  /** When it came; 0: nobody needs it. */
  int64_t unix_ms = 0;
  /** How far its track may be ahead of the other one: longer than a pacer's lead of sound. */
  int64_t longest_wait_ns = 1'500'000'000;

  Packet copy() const {
    BufferRef same(gst_buffer_ref(data.get()));
    return {format, std::move(same), video, key, source, dts_ns, pts_ns, unix_ms, longest_wait_ns};
  }
};

/** The present formats of a stream; null: it has no such track. */
struct Formats {
  std::shared_ptr<const Format> video;
  std::shared_ptr<const Format> audio;
};

}  // namespace rxgst::mux
