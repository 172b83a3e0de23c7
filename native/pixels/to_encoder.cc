#include <libyuv.h>

#include "pixels/pixels.h"
#include "pixels/rgb_to_yuv.h"
#include "pixels/ten_bits.h"

namespace rxgst {
namespace {

/** Rows of red, green and blue; each row begins `stride` behind the last one. */
struct Split {
  uint8_t* red;
  uint8_t* green;
  uint8_t* blue;
  int stride;
};

/**
 * libyuv splits whole groups of 32 pixels, and this function the rest: libyuv 1904 (Debian 13) on AVX2 writes a rest
 * beyond an array of its own, and the process dies.
 */
void split(const uint8_t* from, PixelFormat format, int width, int rows, const Split& to) {
  const int pixel = format == PixelFormat::rgb ? 3 : 4;
  const int whole = width & ~31;
  if (whole > 0 && format == PixelFormat::rgb) {
    libyuv::SplitRGBPlane(from, width * 3, to.red, to.stride, to.green, to.stride, to.blue, to.stride, whole, rows);
  } else if (whole > 0) {
    // libyuv expects blue in the first byte.
    const bool red_first = format == PixelFormat::rgba;
    libyuv::SplitARGBPlane(from, width * 4, red_first ? to.blue : to.red, to.stride, to.green, to.stride,
                           red_first ? to.red : to.blue, to.stride, nullptr, 0, whole, rows);
  }
  const int red = format == PixelFormat::bgra ? 2 : 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = whole; x < width; ++x) {
      const uint8_t* one = from + (static_cast<ptrdiff_t>(y) * width + x) * pixel;
      const ptrdiff_t at = static_cast<ptrdiff_t>(y) * to.stride + x;
      to.red[at] = one[red];
      to.green[at] = one[1];
      to.blue[at] = one[2 - red];
    }
  }
}

}  // namespace

void ToEncoder::convert(const uint8_t* source, PixelFormat format, GstVideoFrame& target) {
  const auto plane = [&](int n) { return static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&target, n)); };
  const auto stride = [&](int n) { return GST_VIDEO_FRAME_PLANE_STRIDE(&target, n); };
  const int width = GST_VIDEO_FRAME_WIDTH(&target);
  const int height = GST_VIDEO_FRAME_HEIGHT(&target);
  const int half = (width + 1) / 2;
  const int half_rows = (height + 1) / 2;
  const size_t luma = static_cast<size_t>(width) * height;
  switch (format) {
    case PixelFormat::i420:
      libyuv::I420Copy(source, width, source + luma, half, source + luma + static_cast<size_t>(half) * half_rows, half,
                       plane(0), stride(0), plane(1), stride(1), plane(2), stride(2), width, height);
      return;
    case PixelFormat::nv12:
      libyuv::NV12ToI420(source, width, source + luma, half * 2, plane(0), stride(0), plane(1), stride(1), plane(2),
                         stride(2), width, height);
      return;
    case PixelFormat::i420_10:
    case PixelFormat::p010:
      narrow(tight_ten_bits(words(source), format == PixelFormat::p010, width, height),
             {plane(0), stride(0), plane(1), plane(2), stride(1), 1}, width, height);
      return;
    case PixelFormat::gray8: {
      for (int row = 0; row < height; ++row) {
        const uint8_t* from = source + static_cast<size_t>(row) * width;
        uint8_t* to = plane(0) + static_cast<ptrdiff_t>(row) * stride(0);
        // 219/255 in 16.16.
        for (int x = 0; x < width; ++x) to[x] = static_cast<uint8_t>(((from[x] * 56284 + 32768) >> 16) + 16);
      }
      libyuv::SetPlane(plane(1), stride(1), half, half_rows, 128);
      libyuv::SetPlane(plane(2), stride(2), half, half_rows, 128);
      return;
    }
    default:
      break;
  }
  if (!bt709_) {
    // libyuv's own RGB → YUV is BT.601 limited; see FromDecoder for its names.
    if (format == PixelFormat::rgb) {
      libyuv::RAWToI420(source, width * 3, plane(0), stride(0), plane(1), stride(1), plane(2), stride(2), width,
                        height);
    } else if (format == PixelFormat::rgba) {
      libyuv::ABGRToI420(source, width * 4, plane(0), stride(0), plane(1), stride(1), plane(2), stride(2), width,
                         height);
    } else {
      libyuv::ARGBToI420(source, width * 4, plane(0), stride(0), plane(1), stride(1), plane(2), stride(2), width,
                         height);
    }
    return;
  }
  // Two rows at a time, in cache: into planes, then the luma of both and their shared chroma.
  const int row = (width + 64) & ~63;
  rows_.resize(static_cast<size_t>(row) * 6);
  uint8_t* const red = rows_.data();
  uint8_t* const green = red + row;
  uint8_t* const blue = green + row;
  const int pixel = format == PixelFormat::rgb ? 3 : 4;
  for (int y = 0; y < height; y += 2) {
    const uint8_t* from = source + static_cast<ptrdiff_t>(y) * width * pixel;
    const int count = y + 1 < height ? 2 : 1;
    split(from, format, width, count, {red, green, blue, 3 * row});
    // A single last column counts twice, and so does a single last row.
    if (width % 2 == 1) {
      for (int plane = 0; plane < 3 * count; ++plane) red[plane * row + width] = red[plane * row + width - 1];
    }
    const RgbRow upper{red, green, blue};
    const int next = count == 2 ? 3 * row : 0;
    const RgbRow lower{red + next, green + next, blue + next};
    uint8_t* to = plane(0) + static_cast<ptrdiff_t>(y) * stride(0);
    luma_row(upper, to, width);
    if (count == 2) luma_row(lower, to + stride(0), width);
    chroma_row(upper, lower, plane(1) + static_cast<ptrdiff_t>(y / 2) * stride(1),
               plane(2) + static_cast<ptrdiff_t>(y / 2) * stride(2), half);
  }
}

}  // namespace rxgst
