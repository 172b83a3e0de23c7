// Pixel formats and conversions: the only user of libyuv.
#pragma once
#include <gst/video/video.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace rxgst {

/** Rows are tight; chroma of odd sizes rounds up. */
enum class PixelFormat : uint32_t { rgb = 0, rgba = 1, bgra = 2, gray8 = 3, i420 = 4, nv12 = 5 };

size_t picture_bytes(PixelFormat format, int width, int height);

/**
 * From a decoder's I420 or NV12 picture to tight rows: one pass, and one before it on YUV where the size differs. The
 * matrix and the range follow the colorimetry of the source's caps. Keeps its scratch between calls; one thread at a
 * time.
 */
class FromDecoder {
 public:
  /** False: a source format that the caps filter before it must have kept away. */
  bool convert(const GstVideoFrame& source, PixelFormat format, int width, int height, uint8_t* target);

 private:
  std::vector<uint8_t> scaled_;
};

/** The format of ours that a stream of this kind has, or none. */
std::optional<PixelFormat> pixel_format_of(const GstVideoInfo& info);

/** How GStreamer sees a picture of tight rows. */
GstVideoInfo tight_info(PixelFormat format, int width, int height);

/**
 * From any raw picture to tight rows: GStreamer's own converter, for what libyuv's fast ways do not cover. Keeps its
 * tables between calls; one thread at a time.
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
 * From tight rows of JS to the I420 that encoders take, limited range, with the matrix of `matrix`
 * (BT.601 or BT.709). I420 and NV12 are copied as they are: their writer chose the matrix. One thread at a time.
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
