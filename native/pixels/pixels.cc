#include "pixels/pixels.h"

#include <libyuv.h>
#include <libyuv/row.h>

#include <algorithm>

#include "pixels/ten_bits.h"

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

}  // namespace

size_t picture_bytes(PixelFormat format, int width, int height) {
  const size_t luma = static_cast<size_t>(width) * height;
  switch (format) {
    case PixelFormat::rgb:
    case PixelFormat::bgr:
      return luma * 3;
    case PixelFormat::rgba:
    case PixelFormat::bgra:
      return luma * 4;
    case PixelFormat::gray8:
      return luma;
    default: {
      const size_t samples = luma + 2 * static_cast<size_t>((width + 1) / 2) * ((height + 1) / 2);
      return has_ten_bits(format) ? samples * 2 : samples;
    }
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
    case GST_VIDEO_FORMAT_I420_10LE:
      return PixelFormat::i420_10;
    case GST_VIDEO_FORMAT_P010_10LE:
      return PixelFormat::p010;
    default:
      return std::nullopt;
  }
}

GstVideoInfo tight_info(PixelFormat format, int width, int height) {
  static constexpr GstVideoFormat formats[] = {
      GST_VIDEO_FORMAT_RGB,       GST_VIDEO_FORMAT_RGBA,      GST_VIDEO_FORMAT_BGRA,
      GST_VIDEO_FORMAT_GRAY8,     GST_VIDEO_FORMAT_I420,      GST_VIDEO_FORMAT_NV12,
      GST_VIDEO_FORMAT_I420_10LE, GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_FORMAT_BGR};
  GstVideoInfo info;
  gst_video_info_set_format(&info, formats[static_cast<size_t>(format)], static_cast<guint>(width),
                            static_cast<guint>(height));
  const int half = (width + 1) / 2;
  const auto luma = static_cast<gsize>(width) * static_cast<gsize>(height);
  const auto chroma = static_cast<gsize>(half) * static_cast<gsize>((height + 1) / 2);
  info.size = picture_bytes(format, width, height);
  info.stride[0] = static_cast<gint>(info.size / static_cast<gsize>(height));
  if (is_yuv(format)) {
    const bool interleaved = format == PixelFormat::nv12 || format == PixelFormat::p010;
    const int bytes = has_ten_bits(format) ? 2 : 1;
    info.stride[0] = width * bytes;
    info.stride[1] = (interleaved ? half * 2 : half) * bytes;
    info.stride[2] = half * bytes;
    info.offset[1] = luma * static_cast<gsize>(bytes);
    info.offset[2] = (luma + chroma) * static_cast<gsize>(bytes);
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

namespace {

bool has_ten_bits(const GstVideoFrame& source) {
  return GST_VIDEO_FRAME_FORMAT(&source) == GST_VIDEO_FORMAT_I420_10LE ||
         GST_VIDEO_FRAME_FORMAT(&source) == GST_VIDEO_FORMAT_P010_10LE;
}

TenBits<const uint16_t> ten_bits_of(const GstVideoFrame& source) {
  const auto plane = [&](int n) {
    return static_cast<const uint16_t*>(static_cast<const void*>(GST_VIDEO_FRAME_PLANE_DATA(&source, n)));
  };
  const auto stride = [&](int n) -> ptrdiff_t { return GST_VIDEO_FRAME_PLANE_STRIDE(&source, n) / 2; };
  if (GST_VIDEO_FRAME_FORMAT(&source) == GST_VIDEO_FORMAT_P010_10LE)
    return {{plane(0), stride(0), plane(1), plane(1) + 1, stride(1), 2}, 6};
  return {{plane(0), stride(0), plane(1), plane(2), stride(1), 1}, 0};
}

/** Planes of I420 in tight rows. */
PlanarPicture<uint8_t> tight_planes(uint8_t* data, int width, int height) {
  const ptrdiff_t half = (width + 1) / 2, luma = static_cast<ptrdiff_t>(width) * height;
  return {data, width, data + luma, data + luma + half * ((height + 1) / 2), half, 1};
}

}  // namespace

bool FromDecoder::to_ten_bits(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target) {
  const int from_width = GST_VIDEO_FRAME_WIDTH(&source), from_height = GST_VIDEO_FRAME_HEIGHT(&source);
  const TenBits<uint16_t> to = tight_ten_bits(words(target), format == PixelFormat::p010, width, height);
  if (!has_ten_bits(source)) {
    const size_t bytes = picture_bytes(PixelFormat::i420, width, height);
    narrowed_.resize(bytes);
    if (!convert(source, PixelFormat::i420, width, height, narrowed_.data())) return false;
    const auto [y, y_stride, u, v, chroma_stride, step] = tight_planes(narrowed_.data(), width, height);
    widen({y, y_stride, u, v, chroma_stride, step}, to, width, height);
    return true;
  }
  const TenBits<const uint16_t> from = ten_bits_of(source);
  if (from_width == width && from_height == height) {
    copy(from, to, width, height);
    return true;
  }
  // libyuv scales planes that are apart.
  const size_t source_samples = picture_bytes(PixelFormat::i420, from_width, from_height);
  planar_.resize(source_samples + picture_bytes(PixelFormat::i420, width, height));
  const auto planes = tight_ten_bits(planar_.data(), false, from_width, from_height);
  const auto scaled = tight_ten_bits(planar_.data() + source_samples, false, width, height);
  copy(from, planes, from_width, from_height);
  const auto stride = [](ptrdiff_t samples) { return static_cast<int>(samples); };
  libyuv::I420Scale_16(planes.y, stride(planes.y_stride), planes.u, stride(planes.chroma_stride), planes.v,
                       stride(planes.chroma_stride), from_width, from_height, scaled.y, stride(scaled.y_stride),
                       scaled.u, stride(scaled.chroma_stride), scaled.v, stride(scaled.chroma_stride), width, height,
                       libyuv::kFilterBox);
  copy({{scaled.y, scaled.y_stride, scaled.u, scaled.v, scaled.chroma_stride, 1}, 0}, to, width, height);
  return true;
}

bool FromDecoder::convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target) {
  if (rxgst::has_ten_bits(format)) return to_ten_bits(source, format, width, height, target);
  const auto plane = [&](int n) { return static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&source, n)); };
  const auto stride = [&](int n) { return GST_VIDEO_FRAME_PLANE_STRIDE(&source, n); };
  const int source_width = GST_VIDEO_FRAME_WIDTH(&source);
  const int source_height = GST_VIDEO_FRAME_HEIGHT(&source);
  Planes from{};
  switch (GST_VIDEO_FRAME_FORMAT(&source)) {
    case GST_VIDEO_FORMAT_I420:
      from = {plane(0), stride(0), plane(1), stride(1), plane(2), stride(2)};
      break;
    case GST_VIDEO_FORMAT_NV12:
      from = {plane(0), stride(0), plane(1), stride(1), nullptr, 0};
      break;
    case GST_VIDEO_FORMAT_I420_10LE:
    case GST_VIDEO_FORMAT_P010_10LE: {
      narrowed_.resize(picture_bytes(PixelFormat::i420, source_width, source_height));
      const auto to = tight_planes(narrowed_.data(), source_width, source_height);
      narrow(ten_bits_of(source), to, source_width, source_height);
      const int half_stride = static_cast<int>(to.chroma_stride);
      from = {to.y, source_width, to.u, half_stride, to.v, half_stride};
      break;
    }
    default:
      return false;
  }
  if (source_width != width || source_height != height) {
    const int half = (width + 1) / 2;
    const int half_rows = (height + 1) / 2;
    const size_t luma = static_cast<size_t>(width) * height;
    const size_t chroma = static_cast<size_t>(half) * half_rows;
    const int source_half = (source_width + 1) / 2, source_half_rows = (source_height + 1) / 2;
    const size_t source_chroma = from.nv12() ? static_cast<size_t>(source_half) * source_half_rows : 0;
    scaled_.resize(luma + 2 * chroma + 2 * source_chroma);
    uint8_t* y = scaled_.data();
    uint8_t* u = y + luma;
    uint8_t* v = u + chroma;
    if (from.nv12()) {
      // libyuv does not average interleaved chroma: a tenth of the size had 19 dB where planes have 34.
      uint8_t* const apart = v + chroma;
      libyuv::SplitUVPlane(from.u, from.u_stride, apart, source_half, apart + source_chroma, source_half, source_half,
                           source_half_rows);
      from = {from.y, from.y_stride, apart, source_half, apart + source_chroma, source_half};
    }
    // Box averages every source pixel when it shrinks, and is bilinear when it grows: no shimmer, no ringing.
    libyuv::I420Scale(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, source_width, source_height,
                      y, width, u, half, v, half, width, height, libyuv::kFilterBox);
    from = {y, width, u, half, v, half};
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
    case PixelFormat::bgr:
      if (from.nv12()) {
        libyuv::NV12ToRGB24Matrix(from.y, from.y_stride, from.u, from.u_stride, target, width * 3, matrix.yuv, width,
                                  height);
      } else {
        libyuv::I420ToRGB24Matrix(from.y, from.y_stride, from.u, from.u_stride, from.v, from.v_stride, target,
                                  width * 3, matrix.yuv, width, height);
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
    default:
      return false;
  }
}

}  // namespace rxgst
