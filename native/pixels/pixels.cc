#include "pixels/pixels.h"

#include <libyuv.h>
#include <libyuv/row.h>

#include <algorithm>

#include "pixels/rgb_to_yuv.h"

namespace rxgst {
namespace {

/** Three planes; or two: v is null, and u holds interleaved chroma. */
struct Planes {
  const uint8_t* y;
  int y_stride;
  const uint8_t* u;
  int u_stride;
  const uint8_t* v;
  int v_stride;
  bool nv12() const { return v == nullptr; }
};

struct Matrix {
  const libyuv::YuvConstants* yuv;
  const libyuv::YuvConstants* yvu;
};

#if defined(__x86_64__) || defined(__i386__)
/**
 * libyuv limits U's weight for blue to 128 (2.0), although its unsigned byte holds more and its kernels use all of it.
 * BT.709 needs 135 (2.112) and BT.2020 137 (2.142); otherwise blue is up to 14 steps too low. These matrices have the
 * exact weight.
 */
struct Exact {
  alignas(32) libyuv::YuvConstants yuv;
  alignas(32) libyuv::YuvConstants yvu;
  Exact(const libyuv::YuvConstants& from_yuv, const libyuv::YuvConstants& from_yvu, uint8_t blue)
      : yuv(from_yuv), yvu(from_yvu) {
    for (size_t i = 0; i < sizeof(yuv.kUVToB); i += 2) {
      yuv.kUVToB[i] = blue;      // U, V, U, V …
      yvu.kUVToR[i + 1] = blue;  // V, U, V, U … with blue and red exchanged
    }
  }
};
const Exact exact709(libyuv::kYuvH709Constants, libyuv::kYvuH709Constants, 135);
const Exact exact2020(libyuv::kYuv2020Constants, libyuv::kYvu2020Constants, 137);
constexpr const auto& yuv709 = exact709.yuv;
constexpr const auto& yvu709 = exact709.yvu;
constexpr const auto& yuv2020 = exact2020.yuv;
constexpr const auto& yvu2020 = exact2020.yvu;
#else
constexpr const auto& yuv709 = libyuv::kYuvH709Constants;
constexpr const auto& yvu709 = libyuv::kYvuH709Constants;
constexpr const auto& yuv2020 = libyuv::kYuv2020Constants;
constexpr const auto& yvu2020 = libyuv::kYvu2020Constants;
#endif

Matrix matrix_of(const GstVideoColorimetry& colorimetry) {
  const bool full = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  switch (colorimetry.matrix) {
    case GST_VIDEO_COLOR_MATRIX_BT709:
      return full ? Matrix{&libyuv::kYuvF709Constants, &libyuv::kYvuF709Constants} : Matrix{&yuv709, &yvu709};
    case GST_VIDEO_COLOR_MATRIX_BT2020:
      return full ? Matrix{&libyuv::kYuvV2020Constants, &libyuv::kYvuV2020Constants} : Matrix{&yuv2020, &yvu2020};
    default:
      return full ? Matrix{&libyuv::kYuvJPEGConstants, &libyuv::kYvuJPEGConstants}
                  : Matrix{&libyuv::kYuvI601Constants, &libyuv::kYvuI601Constants};
  }
}

/** GRAY8 is full range in GStreamer and in ffmpeg: limited luma is stretched. */
void luma_to_gray(const Planes& source, bool full, int width, int height, uint8_t* target) {
  if (full) {
    libyuv::CopyPlane(source.y, source.y_stride, target, width, width, height);
    return;
  }
  for (int row = 0; row < height; ++row) {
    const uint8_t* from = source.y + static_cast<ptrdiff_t>(row) * source.y_stride;
    uint8_t* to = target + static_cast<ptrdiff_t>(row) * width;
    for (int x = 0; x < width; ++x) {
      // 255/219 in 16.16; the addition rounds.
      const int stretched = ((from[x] - 16) * 76309 + 32768) >> 16;
      to[x] = static_cast<uint8_t>(std::clamp(stretched, 0, 255));
    }
  }
}

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

size_t picture_bytes(PixelFormat format, int width, int height) {
  const size_t luma = static_cast<size_t>(width) * height;
  switch (format) {
    case PixelFormat::rgb:
      return luma * 3;
    case PixelFormat::rgba:
    case PixelFormat::bgra:
      return luma * 4;
    case PixelFormat::gray8:
      return luma;
    default:
      return luma + 2 * static_cast<size_t>((width + 1) / 2) * ((height + 1) / 2);
  }
}

std::optional<PixelFormat> pixel_format_of(const GstVideoInfo& info) {
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
    case GST_VIDEO_FORMAT_RGB:
      return PixelFormat::rgb;
    case GST_VIDEO_FORMAT_RGBA:
      return PixelFormat::rgba;
    case GST_VIDEO_FORMAT_BGRA:
      return PixelFormat::bgra;
    case GST_VIDEO_FORMAT_GRAY8:
      return PixelFormat::gray8;
    case GST_VIDEO_FORMAT_I420:
      return PixelFormat::i420;
    case GST_VIDEO_FORMAT_NV12:
      return PixelFormat::nv12;
    default:
      return std::nullopt;
  }
}

GstVideoInfo tight_info(PixelFormat format, int width, int height) {
  static constexpr GstVideoFormat formats[] = {GST_VIDEO_FORMAT_RGB,   GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGRA,
                                               GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12};
  GstVideoInfo info;
  gst_video_info_set_format(&info, formats[static_cast<size_t>(format)], static_cast<guint>(width),
                            static_cast<guint>(height));
  const int half = (width + 1) / 2;
  const auto luma = static_cast<gsize>(width) * static_cast<gsize>(height);
  const auto chroma = static_cast<gsize>(half) * static_cast<gsize>((height + 1) / 2);
  info.size = picture_bytes(format, width, height);
  info.stride[0] = static_cast<gint>(info.size / static_cast<gsize>(height));
  if (format == PixelFormat::i420 || format == PixelFormat::nv12) {
    info.stride[0] = width;
    info.stride[1] = format == PixelFormat::i420 ? half : half * 2;
    info.stride[2] = half;
    info.offset[1] = luma;
    info.offset[2] = luma + chroma;
  }
  return info;
}

bool AnyConverter::convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target,
                           size_t size) {
  GstVideoInfo to = tight_info(format, width, height);
  to.fps_n = source.info.fps_n;
  to.fps_d = source.info.fps_d;
  if (!converter_ || !gst_video_info_is_equal(&from_, &source.info) || !gst_video_info_is_equal(&to_, &to)) {
    converter_.reset(gst_video_converter_new(&source.info, &to, nullptr));
    from_ = source.info;
    to_ = to;
  }
  if (!converter_) return false;
  std::unique_ptr<GstBuffer, void (*)(GstBuffer*)> wrapped(
      gst_buffer_new_wrapped_full(static_cast<GstMemoryFlags>(0), target, size, 0, size, nullptr, nullptr),
      [](GstBuffer* buffer) { gst_buffer_unref(buffer); });
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &to_, wrapped.get(), GST_MAP_WRITE)) return false;
  gst_video_converter_frame(converter_.get(), &source, &frame);
  gst_video_frame_unmap(&frame);
  return true;
}

bool FromDecoder::convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target) {
  const auto plane = [&](int n) { return static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&source, n)); };
  const auto stride = [&](int n) { return GST_VIDEO_FRAME_PLANE_STRIDE(&source, n); };
  Planes from{};
  switch (GST_VIDEO_FRAME_FORMAT(&source)) {
    case GST_VIDEO_FORMAT_I420:
      from = {plane(0), stride(0), plane(1), stride(1), plane(2), stride(2)};
      break;
    case GST_VIDEO_FORMAT_NV12:
      from = {plane(0), stride(0), plane(1), stride(1), nullptr, 0};
      break;
    default:
      return false;
  }
  const int source_width = GST_VIDEO_FRAME_WIDTH(&source);
  const int source_height = GST_VIDEO_FRAME_HEIGHT(&source);
  if (source_width != width || source_height != height) {
    const int half = (width + 1) / 2;
    const int half_rows = (height + 1) / 2;
    const size_t luma = static_cast<size_t>(width) * height;
    const size_t chroma = static_cast<size_t>(half) * half_rows;
    scaled_.resize(luma + 2 * chroma);
    uint8_t* y = scaled_.data();
    uint8_t* u = y + luma;
    // Box averages every source pixel when it shrinks, and is bilinear when it grows: no shimmer, no ringing.
    if (from.nv12()) {
      libyuv::NV12Scale(from.y, from.y_stride, from.u, from.u_stride, source_width, source_height, y, width, u,
                        half * 2, width, height, libyuv::kFilterBox);
      from = {y, width, u, half * 2, nullptr, 0};
    } else {
      uint8_t* v = u + chroma;
      libyuv::I420Scale(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, source_width,
                        source_height, y, width, u, half, v, half, width, height, libyuv::kFilterBox);
      from = {y, width, u, half, v, half};
    }
  }
  const GstVideoColorimetry& colorimetry = source.info.colorimetry;
  const Matrix matrix = matrix_of(colorimetry);
  const int half = (width + 1) / 2;
  uint8_t* target_u = target + static_cast<size_t>(width) * height;
  uint8_t* target_v = target_u + static_cast<size_t>(half) * ((height + 1) / 2);
  // libyuv names formats by little-endian words: its RGB24 is B,G,R in memory and its ARGB is B,G,R,A. Exchanged chroma
  // planes with a YVU matrix reverse the order at no cost.
  switch (format) {
    case PixelFormat::rgb:
      if (from.nv12()) {
        libyuv::NV21ToRGB24Matrix(from.y, from.y_stride, from.u, from.u_stride, target, width * 3, matrix.yvu, width,
                                  height);
      } else {
        libyuv::I420ToRGB24Matrix(from.y, from.y_stride, from.v, from.v_stride, from.u, from.u_stride, target,
                                  width * 3, matrix.yvu, width, height);
      }
      return true;
    case PixelFormat::rgba:
      if (from.nv12()) {
        libyuv::NV21ToARGBMatrix(from.y, from.y_stride, from.u, from.u_stride, target, width * 4, matrix.yvu, width,
                                 height);
      } else {
        libyuv::I420ToARGBMatrix(from.y, from.y_stride, from.v, from.v_stride, from.u, from.u_stride, target, width * 4,
                                 matrix.yvu, width, height);
      }
      return true;
    case PixelFormat::bgra:
      if (from.nv12()) {
        libyuv::NV12ToARGBMatrix(from.y, from.y_stride, from.u, from.u_stride, target, width * 4, matrix.yuv, width,
                                 height);
      } else {
        libyuv::I420ToARGBMatrix(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, target, width * 4,
                                 matrix.yuv, width, height);
      }
      return true;
    case PixelFormat::gray8:
      luma_to_gray(from, colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255, width, height, target);
      return true;
    case PixelFormat::i420:
      if (from.nv12()) {
        libyuv::NV12ToI420(from.y, from.y_stride, from.u, from.u_stride, target, width, target_u, half, target_v, half,
                           width, height);
      } else {
        libyuv::I420Copy(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, target, width, target_u,
                         half, target_v, half, width, height);
      }
      return true;
    case PixelFormat::nv12:
      if (from.nv12()) {
        libyuv::NV12Copy(from.y, from.y_stride, from.u, from.u_stride, target, width, target_u, half * 2, width,
                         height);
      } else {
        libyuv::I420ToNV12(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, target, width, target_u,
                           half * 2, width, height);
      }
      return true;
  }
  return false;
}

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
