#include "mux/format.h"

#include <optional>
#include <string_view>

#include "gst/caps.h"

namespace rxgst::mux {
namespace {

std::optional<Codec> codec_of_caps(const GstCaps* caps) {
  const std::string_view media = media_of(caps);
  if (media.empty()) return std::nullopt;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const gchar* text = gst_structure_get_string(structure, "stream-format");
  const std::string_view form = text ? text : "";
  if (media == "video/x-h264" && form == "avc") return Codec::h264;
  if (media == "video/x-h265" && form == "hvc1") return Codec::hevc;
  if (media == "video/x-av1") return Codec::av1;
  int version = 0;
  gst_structure_get_int(structure, "mpegversion", &version);
  if (media == "audio/mpeg" && version == 4 && form != "adts" && form != "loas") return Codec::aac;
  return std::nullopt;
}

}  // namespace

std::shared_ptr<const Format> format_of(const GstCaps* caps, std::span<const uint8_t> record) {
  const auto codec = codec_of_caps(caps);
  if (!codec) return nullptr;
  Format format;
  format.codec = *codec;
  if (record.empty()) {
    const MappedBuffer bytes(codec_data(caps));
    format.record.assign(bytes.data(), bytes.data() + bytes.size());
  } else {
    format.record.assign(record.begin(), record.end());
  }
  if (format.record.empty()) return nullptr;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  gst_structure_get_int(structure, "width", &format.width);
  gst_structure_get_int(structure, "height", &format.height);
  gst_structure_get_fraction(structure, "pixel-aspect-ratio", &format.pixel_n, &format.pixel_d);
  gst_structure_get_int(structure, "rate", &format.rate);
  gst_structure_get_int(structure, "channels", &format.channels);
  return std::make_shared<const Format>(std::move(format));
}

}  // namespace rxgst::mux
