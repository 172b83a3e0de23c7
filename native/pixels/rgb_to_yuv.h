// RGB → YUV BT.709, limited range: what libyuv of Debian 12 lacks. Row kernels that GCC vectorises; planar rows in,
// since those need no shuffling.
#pragma once
#include <cstdint>

namespace rxgst {

/** A row of red, one of green and one of blue. */
struct RgbRow {
  const uint8_t* red;
  const uint8_t* green;
  const uint8_t* blue;
};

void luma_row(const RgbRow& row, uint8_t* y, int width);
/** Each 2 × 2 pixels are averaged first; `half` = pairs of pixels, for which the rows must have bytes (an odd last one
 * twice). */
void chroma_row(const RgbRow& upper, const RgbRow& lower, uint8_t* u, uint8_t* v, int half);

}  // namespace rxgst
