// What a fragmented MP4 has before its first fragment: its type, its tracks, and no samples.
#pragma once
#include <cstdint>

#include "mux/bytes.h"
#include "mux/packet.h"

namespace rxgst::mux {

/** Ticks a second: rtmp's milliseconds and the usual rates fit without a rest. */
constexpr int64_t video_timescale = 90'000;

struct Mp4Header {
  /** Where the whole length stands, 64 bits, ms: 0 until it is known. */
  uint64_t duration_at;
};

Mp4Header mp4_header(const Formats& formats, Bytes& out);

}  // namespace rxgst::mux
