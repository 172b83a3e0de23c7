// Converts RGB to YUV BT.709 in limited range, which libyuv of Debian 12 lacks. The row kernels are vectorised by GCC;
// their input rows are planar, which needs no shuffling.
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
/**
 * Averages each 2 × 2 pixels first. `half`: the number of pixel pairs, for which the rows need bytes (a single last
 * pixel twice).
 */
void chroma_row(const RgbRow& upper, const RgbRow& lower, uint8_t* u, uint8_t* v, int half);

}  // namespace rxgst
