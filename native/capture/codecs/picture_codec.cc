#include "capture/codecs/picture_codec.h"

#include <algorithm>
#include <string_view>

#include "gst/caps.h"
#include "gst/refs.h"

namespace rxgst {

MaybeProblem SizeLimit::check(int64_t width, int64_t height, int64_t block) const {
  const auto limit = [block](int64_t side) { return (side + block - 1) / block * block; };
  if (std::max(width, height) <= limit(std::max(max_width, max_height)) &&
      std::min(width, height) <= limit(std::min(max_width, max_height))) {
    return std::nullopt;
  }
  return Problem{"ERR_UNSUPPORTED_MEDIA", "pictures of " + std::to_string(width) + " × " + std::to_string(height) +
                                              "; at most " + std::to_string(max_width) + " × " +
                                              std::to_string(max_height) + " are taken (maxWidth, maxHeight)"};
}

MaybeProblem PictureCodec::configure(const GstCaps* caps, const SizeLimit& limit) {
  const MappedBuffer record(codec_data(caps));
  return read_record(record.data(), record.size(), limit);
}

std::unique_ptr<PictureCodec> picture_codec_of(const GstCaps* caps) {
  const std::string_view media = media_of(caps);
  if (media == "video/x-h265") return hevc_pictures();
  if (media == "video/x-av1") return av1_pictures();
  return h264_pictures();
}

}  // namespace rxgst
