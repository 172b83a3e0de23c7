// Pixel formats and conversions: the only user of libyuv.
#pragma once
#include <gst/video/video.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace rxgst {

/** Rows are tight; chroma of odd sizes rounds up. i420_10 and p010 have 10 bits a sample, in words of 16. */
enum class PixelFormat : uint32_t {
  rgb = 0,
  rgba = 1,
  bgra = 2,
  gray8 = 3,
  i420 = 4,
  nv12 = 5,
  i420_10 = 6,
  p010 = 7,
  bgr = 8,  // for other programs: no frame has it
};

inline bool has_ten_bits(PixelFormat format) { return format == PixelFormat::i420_10 || format == PixelFormat::p010; }

inline bool is_yuv(PixelFormat format) { return format >= PixelFormat::i420 && format != PixelFormat::bgr; }

size_t picture_bytes(PixelFormat format, int width, int height);

/**
 * Converts a decoder's I420 or NV12 picture, of 8 or 10 bits, to tight rows: one pass, and a pass on YUV before it if
 * the size or the number of bits differs. The matrix and the range follow the colorimetry of the source's caps. Keeps
 * its scratch memory between calls; one thread at a time.
 */
class FromDecoder {
 public:
  /** False: the caps filter should have kept this source format away. */
  bool convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target);

 private:
  bool to_ten_bits(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target);

  std::vector<uint8_t> scaled_;
  std::vector<uint8_t> narrowed_;
  std::vector<uint16_t> planar_;
};

/** The pixel format of a stream of this kind; none: rxgst has no such format. */
std::optional<PixelFormat> pixel_format_of(const GstVideoInfo& info);

/** A picture of tight rows, as GStreamer describes it. */
GstVideoInfo tight_info(PixelFormat format, int width, int height);

/**
 * Converts any raw picture to tight rows with GStreamer's own converter, for pictures that libyuv's fast functions do
 * not cover. Keeps its tables between calls; one thread at a time.
 */
class AnyConverter {
 public:
  bool convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target, size_t size);

 private:
  struct Free {
    void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
  };
  std::unique_ptr<GstVideoConverter, Free> converter_;
  GstVideoInfo from_{};
  GstVideoInfo to_{};
};

/**
 * Converts tight rows of JS to the I420 that encoders take, in limited range, with the matrix of `matrix` (BT.601 or
 * BT.709). I420 and NV12 are copied unchanged: their writer chose the matrix; 10 bits become 8. One thread at a time.
 */
class ToEncoder {
 public:
  explicit ToEncoder(GstVideoColorMatrix matrix) : bt709_(matrix == GST_VIDEO_COLOR_MATRIX_BT709) {}
  void convert(const uint8_t* source, PixelFormat format, GstVideoFrame& target);

 private:
  bool bt709_;
  std::vector<uint8_t> rows_;
};

}  // namespace rxgst
