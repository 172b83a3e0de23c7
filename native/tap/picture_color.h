// The colours of a picture in YUV as one number, which JavaScript keeps with a frame and gives back.
#pragma once
#include <gst/video/video.h>

#include <cstdint>

#include "pixels/pixels.h"

namespace rxgst {

/** Of a picture that has become `format`; 0: RGB, grey, or unknown. */
inline uint32_t color_of(const GstVideoInfo& source, PixelFormat format) {
  if (!is_yuv(format)) return 0;
  return static_cast<uint32_t>(source.colorimetry.matrix) * 4 + static_cast<uint32_t>(source.colorimetry.range);
}

/** Without a number the colours stay those that GStreamer takes for usual in this size. */
inline void set_color(GstVideoInfo& info, uint32_t color) {
  if (color == 0) return;
  info.colorimetry.matrix = static_cast<GstVideoColorMatrix>(color / 4);
  info.colorimetry.range = static_cast<GstVideoColorRange>(color % 4);
}

}  // namespace rxgst
