// The names of pixel formats for JavaScript. The conversions themselves know nothing of Node-API.
#pragma once
#include "js/names.h"
#include "pixels/pixels.h"

namespace rxgst {

inline constexpr Names<PixelFormat, 8> pixel_formats("RGB", "RGBA", "BGRA", "GRAY8", "I420", "NV12", "I420_10LE",
                                                     "P010");

}  // namespace rxgst
