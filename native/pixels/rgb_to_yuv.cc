#include "pixels/rgb_to_yuv.h"

#include <cstring>

#include "pixels/clones.h"

namespace rxgst {
namespace {

// Weights of Rec. ITU-R BT.709-6 item 3, scaled to 219 and 224 steps. Sums are in 1/64: 14 of 16 bits.
constexpr double kr = 0.2126, kg = 0.7152, kb = 0.0722;
constexpr uint16_t fixed(double weight) { return static_cast<uint16_t>(weight * 64 * 256 + 0.5); }
constexpr double luma = 219.0 / 255, chroma = 224.0 / 255;
constexpr uint16_t y_red = fixed(kr * luma), y_green = fixed(kg * luma), y_blue = fixed(kb * luma);
constexpr uint16_t half_weight = fixed(0.5 * chroma);
constexpr uint16_t u_red = fixed(kr / (2 * (1 - kb)) * chroma), u_green = fixed(kg / (2 * (1 - kb)) * chroma);
constexpr uint16_t v_green = fixed(kg / (2 * (1 - kr)) * chroma), v_blue = fixed(kb / (2 * (1 - kr)) * chroma);
// The offset of the range, and a half to round. Three products are cut off: luma loses one and a half more in the mean.
constexpr uint16_t y_offset = 16 * 64 + 32 + 1, chroma_offset = 128 * 64 + 32;

/** a × b / 2¹⁶, written so that it becomes the one instruction of vector units for it. */
inline uint16_t scale(uint16_t a, uint16_t b) { return static_cast<uint16_t>((static_cast<uint32_t>(a) * b) >> 16); }

/** The sum of four neighbours in the upper bits; two pixels are read as one word, whose halves need no order. */
inline uint16_t four(const uint8_t* upper, const uint8_t* lower, int pair) {
  uint16_t p = 0, q = 0;
  std::memcpy(&p, upper + 2 * pair, 2);
  std::memcpy(&q, lower + 2 * pair, 2);
  return static_cast<uint16_t>(((p & 255) + (p >> 8) + (q & 255) + (q >> 8)) << 6);
}

}  // namespace

RXGST_CLONES
void luma_row(const RgbRow& row, uint8_t* __restrict y, int width) {
  const uint8_t* __restrict red = row.red;
  const uint8_t* __restrict green = row.green;
  const uint8_t* __restrict blue = row.blue;
  for (int x = 0; x < width; ++x) {
    const auto sum = static_cast<uint16_t>(scale(static_cast<uint16_t>(red[x] << 8), y_red) +
                                           scale(static_cast<uint16_t>(green[x] << 8), y_green) +
                                           scale(static_cast<uint16_t>(blue[x] << 8), y_blue) + y_offset);
    y[x] = static_cast<uint8_t>(sum >> 6);
  }
}

RXGST_CLONES
void chroma_row(const RgbRow& upper, const RgbRow& lower, uint8_t* __restrict u, uint8_t* __restrict v, int half) {
  const RgbRow p = upper, q = lower;
  for (int x = 0; x < half; ++x) {
    const uint16_t red = four(p.red, q.red, x);
    const uint16_t green = four(p.green, q.green, x);
    const uint16_t blue = four(p.blue, q.blue, x);
    const auto first =
        static_cast<uint16_t>(scale(blue, half_weight) - scale(red, u_red) - scale(green, u_green) + chroma_offset);
    const auto second =
        static_cast<uint16_t>(scale(red, half_weight) - scale(green, v_green) - scale(blue, v_blue) + chroma_offset);
    u[x] = static_cast<uint8_t>(first >> 6);
    v[x] = static_cast<uint8_t>(second >> 6);
  }
}

}  // namespace rxgst
