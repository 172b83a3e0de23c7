// What a capture must know of encoded pictures before a decoder gets them: one reader for each codec.
#pragma once
#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "h264/access_unit.h"

namespace rxgst {

/** Why a stream is refused. */
struct Problem {
  const char* code;
  std::string why;
};
using MaybeProblem = std::optional<Problem>;

/** The largest picture that is taken; width and height may be swapped. */
struct SizeLimit {
  int64_t max_width = 0;
  int64_t max_height = 0;

  /** `block`: coded sizes are whole blocks of so many pixels, such as 1088 lines for 1080. */
  MaybeProblem check(int64_t width, int64_t height, int64_t block = 1) const;
};

/**
 * Reads the pictures of one codec on one side of the parser. A decoder allocates by what it reads, so all sizes are
 * checked before it reads any. Streaming thread only.
 */
class PictureCodec {
 public:
  virtual ~PictureCodec() = default;

  /** New caps: their configuration record, and so the form of the pictures that follow. */
  MaybeProblem configure(const GstCaps* caps, const SizeLimit& limit);
  /** The sizes that a picture announces. */
  virtual MaybeProblem check(const uint8_t* data, size_t size, const SizeLimit& limit) = 0;
  /** `most`: the reader stops after so many parts. */
  virtual AccessUnit read(const uint8_t* data, size_t size, size_t most) = 0;
  /** The picture without what is no part of it; none: nothing is to be left out. */
  virtual std::optional<std::vector<uint8_t>> mended(const uint8_t* data, size_t size) = 0;

 protected:
  /** `size` 0: there is none. */
  virtual MaybeProblem read_record(const uint8_t* record, size_t size, const SizeLimit& limit) = 0;
  static Problem bad_record(const char* codec, const char* how) {
    return {"ERR_BAD_STREAM", std::string(codec) + " configuration record that " + how};
  }
};

/** By the media type; a codec that nobody knows is read as H.264, and refused. */
std::unique_ptr<PictureCodec> picture_codec_of(const GstCaps* caps);
std::unique_ptr<PictureCodec> h264_pictures();
std::unique_ptr<PictureCodec> hevc_pictures();
std::unique_ptr<PictureCodec> av1_pictures();

}  // namespace rxgst
