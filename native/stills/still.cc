#include "stills/still.h"

#include <libyuv.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "stills/one_shot.h"

namespace rxgst {
namespace {

/** Memory for a picture, and the picture mapped in it. */
class Drawn {
 public:
  explicit Drawn(const GstVideoInfo& info) : info_(info) {
    // One vector of libyuv's may end behind the picture.
    constexpr gsize rest = 64;
    buffer_.reset(gst_buffer_new_allocate(nullptr, info_.size + rest, nullptr));
    if (!buffer_) return;
    gst_buffer_add_video_meta_full(buffer_.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info_),
                                   static_cast<guint>(info_.width), static_cast<guint>(info_.height),
                                   GST_VIDEO_INFO_N_PLANES(&info_), info_.offset, info_.stride);
    mapped_ = gst_video_frame_map(&frame_, &info_, buffer_.get(), GST_MAP_READWRITE);
  }
  ~Drawn() { unmap(); }
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;
  explicit operator bool() const { return mapped_; }
  uint8_t* plane(int n) { return static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, n)); }
  int stride(int n) const { return GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, n); }
  size_t size() const { return info_.size; }
  const GstVideoFrame& frame() const { return frame_; }
  const GstVideoInfo& info() const { return info_; }
  BufferRef take() {
    unmap();
    return std::move(buffer_);
  }

 private:
  void unmap() {
    if (std::exchange(mapped_, false)) gst_video_frame_unmap(&frame_);
  }
  GstVideoInfo info_;
  BufferRef buffer_;
  GstVideoFrame frame_{};
  bool mapped_ = false;
};

Still failed(const char* why) { return {nullptr, why}; }

/** Larger stills are made of nothing: a stream has 4096 × 2304 pixels at most, which may be twice as wide. */
constexpr int64_t most_side = 8192;

Shape square(int width, int height, PixelAspect pixel, const StillOptions& options) {
  if (options.width || options.height) return shape_of(width, height, pixel, options.width, options.height);
  // The side that grows keeps every pixel.
  const auto grown = [](int side, int64_t n, int64_t d) {
    return static_cast<int>(std::min((side * n + d / 2) / d, most_side));
  };
  if (pixel.n >= pixel.d) return {grown(width, pixel.n, pixel.d), height, {}};
  return {width, grown(height, pixel.d, pixel.n), {}};
}

Still compress(const char* factory, Drawn& drawn, GstVideoInfo info, const StillOptions& options) {
  info.fps_n = 0;
  info.fps_d = 1;
  const CapsRef caps(gst_video_info_to_caps(&info));
  OneShot made = run_once(factory, caps.get(), drawn.take(), [&](GstElement* element) {
    if (options.format == StillFormat::jpeg) g_object_set(element, "quality", options.quality, nullptr);
  });
  if (!made.error.empty()) return {nullptr, std::move(made.error)};
  return {std::move(made.buffers.front()), ""};
}

/** Whether FromDecoder reads it. */
bool is_yuv(const GstVideoFrame& picture) {
  const auto format = pixel_format_of(picture.info);
  return format && *format >= PixelFormat::i420;
}

/** In the wanted size, tight, in one of the addon's formats. */
bool convert(const GstVideoFrame& picture, PixelFormat format, Drawn& to) {
  const int width = to.info().width, height = to.info().height;
  if (is_yuv(picture) && FromDecoder().convert(picture, format, width, height, to.plane(0))) return true;
  return AnyConverter().convert(picture, format, width, height, to.plane(0), to.size());
}

/**
 * Full range BT.601, which JPEG means by its three components. Each plane is wide enough for whole blocks of the
 * encoder, which reads them to their end; what is beyond the picture repeats its last column.
 */
GstVideoInfo jpeg_planes(int width, int height) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(width), static_cast<guint>(height));
  info.colorimetry = {GST_VIDEO_COLOR_RANGE_0_255, GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_TRANSFER_UNKNOWN,
                      GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};
  const gint blocks = (width + 15) / 16;
  const auto rows = static_cast<gsize>((height + 15) / 16);
  info.stride[0] = blocks * 16;
  info.stride[1] = info.stride[2] = blocks * 8;
  info.offset[1] = static_cast<gsize>(blocks * 16) * rows * 16;
  info.offset[2] = info.offset[1] + static_cast<gsize>(blocks * 8) * rows * 8;
  info.size = info.offset[2] + static_cast<gsize>(blocks * 8) * rows * 8;
  return info;
}

void repeat_last_column(Drawn& drawn) {
  for (int n = 0; n < 3; ++n) {
    const int width = GST_VIDEO_FRAME_COMP_WIDTH(&drawn.frame(), n), stride = drawn.stride(n);
    if (width == stride) continue;
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&drawn.frame(), n); ++y) {
      uint8_t* row = drawn.plane(n) + static_cast<ptrdiff_t>(y) * stride;
      std::memset(row + width, row[width - 1], static_cast<size_t>(stride - width));
    }
  }
}

void to_jpeg_planes(const uint8_t* from, PixelFormat format, int stride, Drawn& to) {
  const int width = to.info().width, height = to.info().height;
  const auto planes = format == PixelFormat::rgb ? libyuv::RAWToJ420 : libyuv::ARGBToJ420;
  planes(from, stride, to.plane(0), to.stride(0), to.plane(1), to.stride(1), to.plane(2), to.stride(2), width, height);
}

Still gray_jpeg(const GstVideoFrame& picture, const Shape& shape, const StillOptions& options) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, static_cast<guint>(shape.width),
                            static_cast<guint>(shape.height));
  info.stride[0] = (shape.width + 15) / 16 * 16;
  info.size = static_cast<gsize>(info.stride[0]) * static_cast<gsize>((shape.height + 15) / 16 * 16);
  Drawn drawn(info);
  if (!drawn) return failed("no memory");
  libyuv::ScalePlane(static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture, 0)),
                     GST_VIDEO_FRAME_PLANE_STRIDE(&picture, 0), GST_VIDEO_FRAME_WIDTH(&picture),
                     GST_VIDEO_FRAME_HEIGHT(&picture), drawn.plane(0), drawn.stride(0), shape.width, shape.height,
                     libyuv::kFilterBox);
  for (int y = 0; y < shape.height; ++y) {
    uint8_t* row = drawn.plane(0) + static_cast<ptrdiff_t>(y) * drawn.stride(0);
    std::memset(row + shape.width, row[shape.width - 1], static_cast<size_t>(drawn.stride(0) - shape.width));
  }
  return compress("jpegenc", drawn, info, options);
}

/** Packed pixels as they are; every other picture becomes RGB in the wanted size. */
Still jpeg(const GstVideoFrame& picture, const Shape& shape, const StillOptions& options) {
  const auto format = pixel_format_of(picture.info);
  if (format == PixelFormat::gray8) return gray_jpeg(picture, shape, options);
  Drawn drawn(jpeg_planes(shape.width, shape.height));
  if (!drawn) return failed("no memory");
  const bool packed = format && *format <= PixelFormat::bgra;
  if (!packed || GST_VIDEO_FRAME_WIDTH(&picture) != shape.width || GST_VIDEO_FRAME_HEIGHT(&picture) != shape.height) {
    Drawn rgb(tight_info(PixelFormat::rgb, shape.width, shape.height));
    if (!rgb || !convert(picture, PixelFormat::rgb, rgb)) return failed("the picture cannot be converted");
    to_jpeg_planes(rgb.plane(0), PixelFormat::rgb, rgb.stride(0), drawn);
  } else {
    const auto* from = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture, 0));
    const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&picture, 0);
    if (format == PixelFormat::rgba) {
      Drawn bgra(tight_info(PixelFormat::bgra, shape.width, shape.height));
      if (!bgra) return failed("no memory");
      libyuv::ABGRToARGB(from, stride, bgra.plane(0), bgra.stride(0), shape.width, shape.height);
      to_jpeg_planes(bgra.plane(0), PixelFormat::bgra, bgra.stride(0), drawn);
    } else {
      to_jpeg_planes(from, *format, stride, drawn);
    }
  }
  repeat_last_column(drawn);
  const GstVideoInfo info = drawn.info();
  return compress("jpegenc", drawn, info, options);
}

/** Grey stays grey, and alpha stays: all other pictures are RGB. */
Still png(const GstVideoFrame& picture, const Shape& shape, const StillOptions& options) {
  const auto from = pixel_format_of(picture.info);
  const PixelFormat to = from == PixelFormat::gray8                               ? PixelFormat::gray8
                         : from == PixelFormat::rgba || from == PixelFormat::bgra ? PixelFormat::rgba
                                                                                  : PixelFormat::rgb;
  Drawn drawn(tight_info(to, shape.width, shape.height));
  if (!drawn || !convert(picture, to, drawn)) return failed("the picture cannot be converted");
  const GstVideoInfo info = drawn.info();
  return compress("pngenc", drawn, info, options);
}

}  // namespace

Still encode_still(const GstVideoFrame& picture, PixelAspect pixel, const StillOptions& options) {
  const Shape shape = square(GST_VIDEO_FRAME_WIDTH(&picture), GST_VIDEO_FRAME_HEIGHT(&picture), pixel, options);
  return options.format == StillFormat::jpeg ? jpeg(picture, shape, options) : png(picture, shape, options);
}

}  // namespace rxgst
