// Numbers that the reader and the writer of chunks share.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rxgst::rtmp {

/** In place of a time of 24 bits: it follows in 32. */
constexpr uint32_t extended_time = 0xffffff;
constexpr size_t extended_size = 4;

}  // namespace rxgst::rtmp
