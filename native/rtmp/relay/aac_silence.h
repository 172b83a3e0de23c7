// Silence in AAC, written by the syntax of its standard: no encoder, and no sound of anybody's.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

struct AacSilence {
  /** A raw data block that decodes to silence in every channel. */
  std::vector<uint8_t> block;
  /** Samples per second, and samples of a block, of the core decoder: HE-AAC gives twice as many of both. */
  uint32_t rate = 0, samples = 0;
};

/**
 * For a decoder of this AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). Nothing: another kind of AAC than LC and
 * HE-AAC, or an order of channels of its own.
 */
std::optional<AacSilence> aac_silence(Bytes specific_config);

}  // namespace rxgst::rtmp
