#include "rgb_to_yuv.h"

// One build runs everywhere: the loader picks the AVX2 body where the machine has it.
#if defined(__x86_64__)
#define RXGST_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RXGST_CLONES
#endif

namespace rxgst {
namespace {
constexpr int half = 1 << 14;
constexpr int shift = 15;
}  // namespace

RXGST_CLONES
void luma_row(const uint8_t* __restrict pixels, uint8_t* __restrict y, int width, const YuvWeights& weights) {
  const int a = weights.y[0], b = weights.y[1], c = weights.y[2];
  for (int x = 0; x < width; ++x) {
    const int sum = a * pixels[4 * x] + b * pixels[4 * x + 1] + c * pixels[4 * x + 2];
    y[x] = static_cast<uint8_t>(((sum + half) >> shift) + 16);
  }
}

RXGST_CLONES
void chroma_row(const uint8_t* __restrict upper, const uint8_t* __restrict lower, uint8_t* __restrict u,
                uint8_t* __restrict v, int width, const YuvWeights& weights) {
  const int ua = weights.u[0], ub = weights.u[1], uc = weights.u[2];
  const int va = weights.v[0], vb = weights.v[1], vc = weights.v[2];
  const int pairs = width / 2;
  for (int x = 0; x < pairs; ++x) {
    const uint8_t* p = upper + 8 * x;
    const uint8_t* q = lower + 8 * x;
    // The sums of four stay unrounded; two more bits of shift divide them.
    const int a = p[0] + p[4] + q[0] + q[4];
    const int b = p[1] + p[5] + q[1] + q[5];
    const int c = p[2] + p[6] + q[2] + q[6];
    u[x] = static_cast<uint8_t>(((ua * a + ub * b + uc * c + 4 * half) >> (shift + 2)) + 128);
    v[x] = static_cast<uint8_t>(((va * a + vb * b + vc * c + 4 * half) >> (shift + 2)) + 128);
  }
  if (width & 1) {
    const uint8_t* p = upper + 8 * pairs;
    const uint8_t* q = lower + 8 * pairs;
    const int a = p[0] + q[0], b = p[1] + q[1], c = p[2] + q[2];
    u[pairs] = static_cast<uint8_t>(((ua * a + ub * b + uc * c + 2 * half) >> (shift + 1)) + 128);
    v[pairs] = static_cast<uint8_t>(((va * a + vb * b + vc * c + 2 * half) >> (shift + 1)) + 128);
  }
}

}  // namespace rxgst
