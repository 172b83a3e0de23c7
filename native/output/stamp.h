// Writes the wall clock of each picture into its packet.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <vector>

#include "gst/refs.h"
#include "output/unit_syntax.h"

namespace rxgst {

/**
 * The access unit (4-byte lengths; AV1: OBUs) with another unit before its first slice; null: it has no slice. `unit`:
 * a NAL unit without a length before it, or a whole OBU. Shares the memory of `packet`.
 */
BufferRef with_unit(GstBuffer* packet, const std::vector<uint8_t>& unit, UnitSyntax syntax);

/**
 * The access unit (4-byte lengths; AV1: OBUs) with the stamp before its first slice: behind an access unit delimiter,
 * parameter sets and other SEI, as H.264 7.4.1.2.3 and H.265 7.4.2.4.4 demand. Shares the memory of `packet`; null: it
 * has no slice.
 */
BufferRef stamped(GstBuffer* packet, int64_t unix_us, UnitSyntax syntax);

}  // namespace rxgst
