// RGB → YUV BT.709, limited range: what libyuv of Debian 12 lacks. Row kernels that GCC vectorises.
#pragma once
#include <cstdint>

namespace rxgst {

/** Weights of the bytes of a four-byte pixel, in 1/32768: Rec. ITU-R BT.709-6 item 3, scaled to 219 and 224 steps. */
struct YuvWeights {
  int y[3];
  int u[3];
  int v[3];
};

constexpr YuvWeights bt709_red_first{{5983, 20127, 2032}, {-3298, -11094, 14392}, {14392, -13072, -1320}};
constexpr YuvWeights bt709_blue_first{{2032, 20127, 5983}, {14392, -11094, -3298}, {-1320, -13072, 14392}};

void luma_row(const uint8_t* pixels, uint8_t* y, int width, const YuvWeights& weights);
/** Each 2 × 2 pixels are averaged first; an odd last column counts for itself. */
void chroma_row(const uint8_t* upper, const uint8_t* lower, uint8_t* u, uint8_t* v, int width,
                const YuvWeights& weights);

}  // namespace rxgst
