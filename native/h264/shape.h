// The size of a frame, and the shape of its pixels. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>

namespace rxgst {

/** The displayed width ÷ height of one pixel, in lowest terms; 1:1 is a square. */
struct PixelAspect {
  int64_t n = 1;
  int64_t d = 1;
};

struct Shape {
  int width;
  int height;
  PixelAspect pixel;
};

/** The pixel shape that a stream claims, within what exists: anamorphic video ends at 2:1, fields at 1:2. */
inline PixelAspect plausible(int64_t n, int64_t d) {
  constexpr int64_t most = 10;
  if (n <= 0 || d <= 0 || n > most * d || d > most * n) return {};
  const int64_t common = std::gcd(n, d);
  return {n / common, d / common};
}

/** In lowest terms, and in 16 bits each, as H.264 writes them. */
inline PixelAspect reduced(int64_t n, int64_t d) {
  while (n > 65'535 || d > 65'535) {
    const int64_t common = std::gcd(n, d);
    if (common > 1) {
      n /= common;
      d /= common;
    } else {
      n = std::max<int64_t>(n / 2, 1);
      d = std::max<int64_t>(d / 2, 1);
    }
  }
  const int64_t common = std::gcd(n, d);
  return {n / common, d / common};
}

/**
 * The size for a wanted width and height (0: not wanted). If only one is wanted, the other one keeps the displayed
 * shape, the pixels are squares, and it is even, since every encoder takes even sizes. A source that is one line of
 * pixels high would become extremely high: so a side that follows ends at `most_side`, the picture ends at `most_area`,
 * and the pixel shape tells the rest. If both or none are wanted, the size is as wanted, and the pixel shape tells the
 * rest.
 */
inline Shape shape_of(int source_width, int source_height, PixelAspect source, int width, int height) {
  constexpr int64_t most_side = 4096;
  constexpr int64_t most_area = 4096 * 2304;
  // The displayed width and height of the whole picture, up to a factor.
  const int64_t shown_w = source_width * source.n;
  const int64_t shown_h = source_height * source.d;
  if (!width && !height) return {source_width, source_height, source};
  const auto pixel = [&](int64_t w, int64_t h) { return reduced(shown_w * h, shown_h * w); };
  if (width && height) return {width, height, pixel(width, height)};
  const int64_t asked = width ? width : height;
  const int64_t wanted = width ? (asked * shown_h + shown_w / 2) / shown_w : (asked * shown_w + shown_h / 2) / shown_h;
  const int64_t even = std::max<int64_t>(2, (wanted + 1) / 2 * 2);
  const int64_t side = std::min(even, std::max<int64_t>(2, std::min(most_side, most_area / asked) / 2 * 2));
  const int64_t w = width ? asked : side;
  const int64_t h = width ? side : asked;
  return {static_cast<int>(w), static_cast<int>(h), side == wanted || side == wanted + 1 ? PixelAspect{} : pixel(w, h)};
}

}  // namespace rxgst
