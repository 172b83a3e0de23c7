// Formats of tracks, read from caps.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <span>

#include "mux/packet.h"

namespace rxgst::mux {

/**
 * Null: no container here takes such a stream, or its configuration has not come. Of H.264 and HEVC it takes NAL units
 * behind lengths, of AAC raw frames.
 * @param record in place of the one in the caps; AV1's may be missing there
 */
std::shared_ptr<const Format> format_of(const GstCaps* caps, std::span<const uint8_t> record = {});

}  // namespace rxgst::mux
