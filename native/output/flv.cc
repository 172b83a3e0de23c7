#include "output/flv.h"

#include <bit>
#include <cstring>

#include "rtmp/tags/tag_writer.h"

namespace rxgst::flv {
namespace {

enum class Type : uint8_t { audio = 8, video = 9, script = 18 };
constexpr size_t header_size = 11;
constexpr size_t trailer_size = 4;
constexpr uint8_t avc = 7;
// AAC, with the rate, size and channels that the specification fixes for it; its header holds the true values.
constexpr uint8_t aac = 0xaf;

uint8_t* put24(uint8_t* at, uint32_t value) {
  *at++ = static_cast<uint8_t>(value >> 16);
  *at++ = static_cast<uint8_t>(value >> 8);
  *at++ = static_cast<uint8_t>(value);
  return at;
}

/** One tag: `prefix`, then the bytes of `payload` (may be null), then the tag's size. */
BufferRef tag(Type type, Timestamp timestamp, const uint8_t* prefix, size_t prefix_size, GstBuffer* payload) {
  const size_t payload_bytes = payload ? gst_buffer_get_size(payload) : 0;
  const size_t data_size = prefix_size + payload_bytes;
  BufferRef buffer(gst_buffer_new_allocate(nullptr, header_size + data_size + trailer_size, nullptr));
  GstMapInfo map;
  if (!buffer || !gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return nullptr;
  uint8_t* at = map.data;
  *at++ = static_cast<uint8_t>(type);
  at = put24(at, static_cast<uint32_t>(data_size));
  at = put24(at, timestamp & 0xffffff);
  *at++ = static_cast<uint8_t>(timestamp >> 24);
  at = put24(at, 0);
  std::memcpy(at, prefix, prefix_size);
  at += prefix_size;
  if (payload) at += gst_buffer_extract(payload, 0, at, payload_bytes);
  const auto total = static_cast<uint32_t>(header_size + data_size);
  *at++ = static_cast<uint8_t>(total >> 24);
  put24(at, total & 0xffffff);
  gst_buffer_unmap(buffer.get(), &map);
  return buffer;
}

/** Writes the part of AMF0 that metadata needs. */
class Amf {
 public:
  Amf& string(const char* text) {
    bytes_ += '\x02';
    return name(text);
  }
  Amf& name(const char* text) {
    const size_t size = std::strlen(text);
    bytes_ += static_cast<char>(size >> 8);
    bytes_ += static_cast<char>(size);
    bytes_ += text;
    return *this;
  }
  Amf& number(const char* key, double value) {
    name(key);
    bytes_ += '\0';
    const auto bits = std::bit_cast<uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(bits >> shift);
    return *this;
  }
  Amf& boolean(const char* key, bool value) {
    name(key);
    bytes_ += '\x01';
    bytes_ += value ? '\x01' : '\0';
    return *this;
  }
  Amf& text(const char* key, const char* value) { return name(key).string(value); }
  Amf& begin_array(uint8_t count) {
    bytes_ += std::string("\x08\0\0\0", 4);
    bytes_ += static_cast<char>(count);
    return *this;
  }
  Amf& end() {
    bytes_ += std::string("\0\0\x09", 3);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

BufferRef picture_tag(const rtmp::Frame& frame, GstBuffer* payload, Timestamp timestamp) {
  const auto header = rtmp::write_tag_header(frame);
  return header ? tag(Type::video, timestamp, header->bytes.data(), header->size, payload) : nullptr;
}

}  // namespace

BufferRef metadata_tag(const Metadata& m, rtmp::Codec video, Timestamp timestamp) {
  Amf amf;
  // A codec that FLV has no number for goes by its FourCC.
  const uint32_t codec = video == rtmp::Codec::h264 ? avc : rtmp::four_cc_of(video);
  amf.string("onMetaData").begin_array(11);
  amf.number("width", m.width).number("height", m.height).number("framerate", m.fps);
  amf.number("videocodecid", codec).number("videodatarate", m.video_kbps);
  amf.number("audiocodecid", 10).number("audiodatarate", m.audio_kbps);
  amf.number("audiosamplerate", m.rate).number("audiosamplesize", 16).boolean("stereo", m.channels == 2);
  amf.text("encoder", "rxgst").end();
  return tag(Type::script, timestamp, reinterpret_cast<const uint8_t*>(amf.bytes().data()), amf.bytes().size(),
             nullptr);
}

BufferRef video_header_tag(rtmp::Codec codec, GstBuffer* codec_data, Timestamp timestamp) {
  rtmp::Frame frame;
  frame.video = true;
  frame.kind = rtmp::FrameKind::config;
  frame.codec = codec;
  return picture_tag(frame, codec_data, timestamp);
}

BufferRef aac_header_tag(GstBuffer* codec_data, Timestamp timestamp) {
  const uint8_t prefix[] = {aac, 0};
  return tag(Type::audio, timestamp, prefix, sizeof(prefix), codec_data);
}

BufferRef aac_config(int rate, int channels) {
  constexpr int rates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
  constexpr int low_complexity = 2;
  int index = 0;
  while (index < 12 && rates[index] != rate) ++index;
  const uint8_t config[] = {static_cast<uint8_t>(low_complexity << 3 | index >> 1),
                            static_cast<uint8_t>((index & 1) << 7 | channels << 3)};
  BufferRef buffer(gst_buffer_new_allocate(nullptr, sizeof(config), nullptr));
  gst_buffer_fill(buffer.get(), 0, config, sizeof(config));
  return buffer;
}

BufferRef video_tag(rtmp::Codec codec, GstBuffer* packet, bool keyframe, Timestamp timestamp, int32_t composition) {
  rtmp::Frame frame;
  frame.video = true;
  frame.kind = rtmp::FrameKind::media;
  frame.codec = codec;
  frame.key = keyframe;
  frame.composition_ms = composition;
  return picture_tag(frame, packet, timestamp);
}

BufferRef aac_tag(GstBuffer* packet, Timestamp timestamp) {
  const uint8_t prefix[] = {aac, 1};
  return tag(Type::audio, timestamp, prefix, sizeof(prefix), packet);
}

}  // namespace rxgst::flv
