// The wall clock of a picture inside its H.264: a SEI of unregistered user data under a UUID of ours.
#pragma once
#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gst/refs.h"

namespace rxgst {

/** The SEI's NAL unit, without a length before it. */
std::vector<uint8_t> stamp_nal(int64_t unix_us);

/**
 * The access unit (AVC, 4-byte lengths) with the stamp before its first slice: behind an access unit delimiter,
 * parameter sets and other SEI, as H.264 7.4.1.2.3 wants it. Shares the memory of `packet`; null: there is no slice in
 * it.
 */
BufferRef stamped(GstBuffer* packet, int64_t unix_us);

/** The stamp of an access unit (AVC, lengths of `length_size` bytes), Unix µs. Looks no further than the first slice.
 */
std::optional<int64_t> read_stamp(const uint8_t* data, size_t size, size_t length_size);

}  // namespace rxgst
