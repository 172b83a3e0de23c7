// Units of time. Arithmetic alone: needs no header of GStreamer.
#pragma once
#include <cstdint>

namespace rxgst {

inline constexpr int64_t us_per_s = 1'000'000;

}  // namespace rxgst
