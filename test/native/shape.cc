// Tests sizes and shapes of pictures: the displayed shape stays as it was, and no size grows without a limit. Compiled
// and run by arithmetic.test.ts.
#include "h264/shape.h"

#include <cstdio>
#include <cstdlib>

using rxgst::PixelAspect;
using rxgst::plausible;
using rxgst::Shape;
using rxgst::shape_of;

static int failures = 0;
static void is(const char* what, Shape shape, int width, int height, int64_t n, int64_t d) {
  if (shape.width == width && shape.height == height && shape.pixel.n == n && shape.pixel.d == d) return;
  const auto [w, h, pixel] = shape;
  std::printf("%s: %d × %d, %lld:%lld\n", what, w, h, static_cast<long long>(pixel.n), static_cast<long long>(pixel.d));
  ++failures;
}

static void test_asked() {
  const PixelAspect pal = plausible(64, 45);
  is("as it is", shape_of(720, 576, pal, 0, 0), 720, 576, 64, 45);
  is("wide, by its width", shape_of(720, 576, pal, 640, 0), 640, 360, 1, 1);
  is("wide, by its height", shape_of(720, 576, pal, 0, 360), 640, 360, 1, 1);
  is("both: its pixels are squares again", shape_of(720, 576, pal, 1280, 720), 1280, 720, 1, 1);
  is("both: its pixels are as asked", shape_of(720, 576, pal, 360, 576), 360, 576, 128, 45);
  is("squares", shape_of(960, 540, {}, 640, 0), 640, 360, 1, 1);
  is("squares, both", shape_of(960, 540, {}, 960, 720), 960, 720, 4, 3);
  is("high", shape_of(480, 576, plausible(2, 1), 640, 0), 640, 384, 1, 1);
  is("even", shape_of(1366, 768, {}, 101, 0), 101, 58, 1, 1);
}

static void test_bounds() {
  is("a line of pixels", shape_of(16, 592, {}, 1280, 0), 1280, 4096, 16, 185);
  is("a line that lies", shape_of(16'384, 16, {}, 0, 720), 4096, 720, 180, 1);
  is("a large one", shape_of(1080, 1920, {}, 4096, 0), 4096, 2304, 81, 256);
  is("no height at all", shape_of(4096, 2, plausible(1, 10), 64, 0), 64, 2, 32, 5);
}

static void test_absurd() {
  using Pair = std::pair<int64_t, int64_t>;
  constexpr Pair absurd[] = {{0, 0}, {0, 1}, {1, 0}, {65'535, 1}, {1, 65'535}, {-64, 45}, {INT32_MAX, 1}};
  for (const auto& [n, d] : absurd) {
    is("an absurd one is none", shape_of(720, 576, plausible(n, d), 640, 0), 640, 512, 1, 1);
  }
  for (int width = 1; width <= 16'880; width += 977) {
    for (int height = 1; height <= 16'880; height += 1013) {
      const PixelAspect wide = plausible(65'535, 6554), high = plausible(6554, 65'535);
      for (const PixelAspect pixel : {PixelAspect{}, wide, high, plausible(INT32_MAX, INT32_MAX - 1)}) {
        for (const auto& [w, h] : {std::pair{4096, 0}, {0, 4096}, {16, 0}, {0, 16}, {4096, 4096}, {16, 16}, {0, 0}}) {
          const Shape shape = shape_of(width, height, pixel, w, h);
          const bool well = shape.width > 0 && shape.height > 0 && shape.pixel.n > 0 && shape.pixel.d > 0 &&
                            ((w && h) || (!w && !h) || (shape.width <= 4096 && shape.height <= 4096));
          if (!well) is("bounded", shape, 0, 0, 0, 0);
        }
      }
    }
  }
}

int main() {
  test_asked();
  test_bounds();
  test_absurd();
  if (failures) return EXIT_FAILURE;
  std::printf("shape: all well\n");
  return EXIT_SUCCESS;
}
