// Tests that a picture of any width is converted as the left part of a wider one: the rest of a row, which vector code
// treats in another way, makes no difference, and no byte is written beyond the picture.
#include <libyuv.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "pixels/pixels.h"

using namespace rxgst;

namespace {

constexpr int height = 4;
// Whole groups of pixels for any vector unit.
constexpr int widest = 256;
constexpr uint8_t canary = 0xa5;
constexpr PixelFormat formats[] = {PixelFormat::rgb,   PixelFormat::rgba, PixelFormat::bgra,
                                   PixelFormat::gray8, PixelFormat::i420, PixelFormat::nv12};

struct Plane {
  size_t offset;
  int width;
  int rows;
  /** The bytes of a row of `width` pixels. */
  int bytes;
};

std::vector<Plane> planes(PixelFormat format, int width) {
  const auto luma = static_cast<size_t>(width) * height;
  const int half = (width + 1) / 2;
  switch (format) {
    case PixelFormat::rgb:
      return {{0, width, height, 3}};
    case PixelFormat::gray8:
      return {{0, width, height, 1}};
    case PixelFormat::i420:
      return {{0, width, height, 1},
              {luma, half, height / 2, 1},
              {luma + static_cast<size_t>(half) * (height / 2), half, height / 2, 1}};
    case PixelFormat::nv12:
      return {{0, width, height, 1}, {luma, half, height / 2, 2}};
    default:
      return {{0, width, height, 4}};
  }
}

/** x in bytes. */
size_t byte_of(const Plane& plane, int x, int y) {
  return plane.offset + static_cast<size_t>(y * plane.width * plane.bytes + x);
}

/** The same bytes in the same places, for any width. */
std::vector<uint8_t> picture(PixelFormat format, int width) {
  std::vector<uint8_t> data(picture_bytes(format, width, height));
  uint32_t seed = 0;
  for (const Plane& plane : planes(format, width)) {
    ++seed;
    for (int y = 0; y < plane.rows; ++y) {
      for (int x = 0; x < plane.width * plane.bytes; ++x) {
        const auto [column, row] = std::pair(static_cast<uint32_t>(x), static_cast<uint32_t>(y));
        const uint32_t noise = column * 2654435761u + row * 39571431u + seed * 2246822519u;
        data[byte_of(plane, x, y)] = static_cast<uint8_t>(16 + (noise >> 13) % 220);
      }
    }
  }
  return data;
}

/** Tight rows, as GStreamer maps them. */
GstVideoFrame frame_of(std::vector<uint8_t>& data, PixelFormat format, int width) {
  GstVideoFrame frame{};
  frame.info = tight_info(format, width, height);
  frame.info.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT709;
  frame.info.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES(&frame.info); ++i) frame.data[i] = data.data() + frame.info.offset[i];
  return frame;
}

void fail(const char* what, PixelFormat from, PixelFormat to, int width, int x, int y) {
  const auto [a, b] = std::pair(static_cast<unsigned>(from), static_cast<unsigned>(to));
  std::printf("%s: format %u to %u, width %d: differs at %d, %d\n", what, a, b, width, x, y);
  std::exit(1);
}

template <class Convert>
void sweep(const char* what, PixelFormat from, PixelFormat to, const Convert& convert) {
  const auto run = [&](int width) {
    std::vector<uint8_t> source = picture(from, width);
    const size_t size = picture_bytes(to, width, height);
    std::vector<uint8_t> target(size + 64, canary);
    convert(source, width, target);
    for (size_t i = size; i < target.size(); ++i) {
      if (target[i] != canary) fail("beyond the picture", from, to, width, static_cast<int>(i - size), -1);
    }
    return target;
  };
  const std::vector<uint8_t> wide = run(widest);
  const std::vector<Plane> reference = planes(to, widest);
  for (int width = 2; width <= 130; ++width) {
    const std::vector<uint8_t> narrow = run(width);
    const std::vector<Plane> own = planes(to, width);
    for (size_t p = 0; p < own.size(); ++p) {
      // A last column without a neighbour has a chroma of its own.
      const int same = own[p].width - (width % 2);
      for (int y = 0; y < own[p].rows; ++y) {
        for (int x = 0; x < same * own[p].bytes; ++x) {
          if (narrow[byte_of(own[p], x, y)] != wide[byte_of(reference[p], x, y)]) fail(what, from, to, width, x, y);
        }
      }
    }
  }
}

/** Without a comparison: checks only that no byte is written beyond the picture. */
void scale(PixelFormat from, PixelFormat to) {
  for (int source_width = 2; source_width <= 130; source_width += 8) {
    std::vector<uint8_t> source = picture(from, source_width);
    const GstVideoFrame frame = frame_of(source, from, source_width);
    for (int width = 2; width <= 130; width += 6) {
      const size_t size = picture_bytes(to, width, height);
      std::vector<uint8_t> target(size + 64, canary);
      if (!FromDecoder().convert(frame, to, width, height, target.data())) fail("refused", from, to, width, 0, 0);
      for (size_t i = size; i < target.size(); ++i) {
        if (target[i] != canary) fail("scaled beyond the picture", from, to, width, static_cast<int>(i - size), -1);
      }
    }
  }
}

void all() {
  using Bytes = std::vector<uint8_t>;
  for (PixelFormat format : formats) {
    for (GstVideoColorMatrix matrix : {GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_COLOR_MATRIX_BT709}) {
      sweep("written", format, PixelFormat::i420, [&](Bytes& source, int width, Bytes& target) {
        GstVideoFrame frame = frame_of(target, PixelFormat::i420, width);
        ToEncoder(matrix).convert(source.data(), format, frame);
      });
    }
    for (PixelFormat decoded : {PixelFormat::i420, PixelFormat::nv12}) {
      sweep("captured", decoded, format, [&](Bytes& source, int width, Bytes& target) {
        const GstVideoFrame frame = frame_of(source, decoded, width);
        const bool done = FromDecoder().convert(frame, format, width, height, target.data());
        if (!done) fail("refused", decoded, format, width, 0, 0);
      });
      scale(decoded, format);
    }
  }
}

}  // namespace

int main() {
  // As this processor can, as one without AVX2 can, and in plain code.
  for (int flags : {-1, ~libyuv::kCpuHasAVX2, libyuv::kCpuInitialized}) {
    libyuv::MaskCpuFlags(flags);
    all();
  }
  std::puts("widths: all well");
  return 0;
}
