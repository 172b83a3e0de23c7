#include "relay/packet_tags.h"

#include <algorithm>
#include <utility>

#include "rtmp/protocol/script_data.h"
#include "rtmp/tags/tag_writer.h"

namespace rxgst::relay {
namespace {

constexpr int flv_h264 = 7, flv_aac = 10;
/** FLV has 24 bits for it. */
constexpr int64_t most_composition_ms = 0x7fffff;

rtmp::Codec codec_of(mux::Codec codec) {
  switch (codec) {
    case mux::Codec::h264:
      return rtmp::Codec::h264;
    case mux::Codec::hevc:
      return rtmp::Codec::hevc;
    case mux::Codec::av1:
      return rtmp::Codec::av1;
    case mux::Codec::aac:
      return rtmp::Codec::aac;
  }
  return rtmp::Codec::unknown;
}

rtmp::MediaMessage message_of(const rtmp::Frame& frame, int64_t time_ms, rtmp::Bytes body) {
  rtmp::MediaMessage message;
  message.kind = frame.video ? rtmp::MediaKind::video : rtmp::MediaKind::audio;
  message.timestamp_ms = time_ms;
  const auto header = rtmp::write_tag_header(frame);
  std::vector<uint8_t> bytes;
  if (header) {
    bytes.reserve(header->size + body.size());
    bytes.assign(header->view().begin(), header->view().end());
  }
  bytes.insert(bytes.end(), body.begin(), body.end());
  message.payload = rtmp::Payload::of(std::move(bytes));
  return message;
}

/** Half a millisecond goes up, also below 0. */
int64_t rounded_ms(int64_t time_ns) {
  const int64_t up = time_ns + ns_per_ms / 2;
  return up >= 0 ? up / ns_per_ms : -((-up + ns_per_ms - 1) / ns_per_ms);
}

}  // namespace

rtmp::Payload metadata_of(const mux::Formats& formats) {
  auto facts = amf::Value::ecma_array();
  if (formats.video) {
    const mux::Format& video = *formats.video;
    const rtmp::Codec codec = codec_of(video.codec);
    const double number = codec == rtmp::Codec::h264 ? flv_h264 : static_cast<double>(rtmp::four_cc_of(codec));
    facts.add("width", video.width).add("height", video.height).add("videocodecid", number);
  }
  if (formats.audio) {
    const mux::Format& audio = *formats.audio;
    facts.add("audiocodecid", flv_aac).add("audiosamplerate", audio.rate).add("audiosamplesize", 16);
    facts.add("audiochannels", audio.channels).add("stereo", audio.channels == 2);
  }
  facts.add("encoder", "rxgst");
  return rtmp::write_script_data({amf::Value("onMetaData"), std::move(facts)});
}

int64_t PacketTags::to_ms(int64_t time_ns) const { return rounded_ms(time_ns - *first_ns_); }

void PacketTags::add(const mux::Packet& packet, std::vector<rtmp::MediaMessage>* out) {
  if (!first_ns_) first_ns_ = packet.dts_ns;
  const int64_t time_ms = to_ms(packet.dts_ns);
  rtmp::Frame frame;
  frame.video = packet.video;
  frame.codec = codec_of(packet.format->codec);
  auto& known = packet.video ? formats_.video : formats_.audio;
  if (known != packet.format) {
    const bool same = known && *known == *packet.format;
    known = packet.format;
    if (!same) {
      rtmp::MediaMessage metadata;
      metadata.kind = rtmp::MediaKind::data;
      metadata.timestamp_ms = time_ms;
      metadata.payload = metadata_of(formats_);
      out->push_back(std::move(metadata));
      frame.kind = rtmp::FrameKind::config;
      out->push_back(message_of(frame, time_ms, packet.format->record));
    }
  }
  frame.kind = rtmp::FrameKind::media;
  frame.key = packet.key;
  const int64_t after_ms = to_ms(packet.pts_ns) - time_ms;
  frame.composition_ms = static_cast<int32_t>(std::clamp(after_ms, -most_composition_ms, most_composition_ms));
  const MappedBuffer bytes(packet.data.get());
  out->push_back(message_of(frame, time_ms, {bytes.data(), bytes.size()}));
}

}  // namespace rxgst::relay
