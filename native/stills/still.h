// A still: one picture as JPEG or PNG.
#pragma once
#include <gst/video/video.h>

#include <cstdint>
#include <string>

#include "gst/refs.h"
#include "h264/shape.h"
#include "js/names.h"
#include "pixels/pixels.h"

namespace rxgst {

enum class StillFormat : uint32_t { jpeg = 0, png = 1 };
inline constexpr Names<StillFormat, 2> still_formats("jpeg", "png");

struct StillOptions {
  StillFormat format = StillFormat::jpeg;
  int quality = 85;  // of JPEG, 1 to 100
  int width = 0;     // 0: follows from the height, or the picture's own; likewise the height
  int height = 0;
};

struct Still {
  BufferRef bytes;    // null: an error
  std::string error;  // empty: none
};

/** Encodes a picture in the calling thread, a worker's. A still has square pixels: other pictures are stretched. */
Still encode_still(const GstVideoFrame& picture, PixelAspect pixel, const StillOptions& options);

}  // namespace rxgst
