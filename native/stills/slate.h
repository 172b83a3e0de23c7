// A slate: a picture as a short group of pictures in a stream's own codec, size and profile.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "stills/still.h"

namespace rxgst {

struct SlateOrder {
  /** RGBA in tight rows, straight alpha: black shines through. Empty: black. */
  std::vector<uint8_t> rgba;
  int width = 0, height = 0;  // of these
  bool hevc = false;
  /** Configuration record and a keyframe of the stream; without them the size is this one. */
  std::vector<uint8_t> record, keyframe;
  int stream_width = 0, stream_height = 0;
};

/**
 * Encodes it in the calling thread, a worker's. The bytes: the configuration record, then one keyframe and the pictures
 * behind it, each behind its length in four bytes.
 */
Still encode_slate(const SlateOrder& order);

}  // namespace rxgst
