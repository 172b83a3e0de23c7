#include "relay/tag_packets.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "av1/obu.h"
#include "av1/sequence_header.h"
#include "h264/avc_config.h"
#include "hevc/config.h"
#include "hevc/nal.h"
#include "hevc/sequence_set.h"
#include "mux/format.h"
#include "relay/packet_tags.h"
#include "rtmp/elements/payload_buffer.h"
#include "rtmp/elements/track_format.h"
#include "rtmp/protocol/script_data.h"
#include "rtmp/tags/tag_reader.h"

namespace rxgst::relay {
namespace {

using rtmp::Content;
using rtmp::Frame;
using rtmp::FrameKind;

constexpr amf::Limits metadata_limits{16, 2048, 64 << 10};
/** Where the length size stands in avcC and hvcC, less 1. */
constexpr size_t avc_length_at = 4, hevc_length_at = 21;

struct Size {
  int width = 0, height = 0;
};

/** As they are coded, before cropping. */
Size coded_size_of(const mux::Format& format) {
  const uint8_t* const record = format.record.data();
  const size_t bytes = format.record.size();
  Size size;
  const auto take = [&](int64_t width, int64_t height) {
    size = {static_cast<int>(width), static_cast<int>(height)};
    return false;
  };
  if (format.codec == mux::Codec::h264 && is_avc_config(record, bytes)) {
    for (const CodedSize& set : sequence_sets(record, bytes)) take(set.width, set.height);
  } else if (format.codec == mux::Codec::hevc && hevc::is_record(record, bytes)) {
    hevc::each_set(record, bytes, [&](const uint8_t* nal, size_t length) {
      if (length <= hevc::header_bytes || hevc::unit_type(nal) != hevc::sequence_set_unit) return true;
      const auto set = hevc::read_sequence_set(nal, length);
      return set ? take(set->width, set->height) : true;
    });
  } else if (format.codec == mux::Codec::av1 && bytes > 4) {
    av1::each_obu(record + 4, bytes - 4, [&](const av1::Obu& obu) {
      if (obu.type != av1::sequence_header) return;
      const auto header = av1::read_sequence_header(obu.payload, obu.payload_size);
      if (header) take(header->width, header->height);
    });
  }
  return size;
}

/** The size that is shown lies within the last block of the coded one. */
int shown_side(int claimed, int coded) {
  constexpr int largest_block = 64;
  return claimed > 0 && claimed <= coded && claimed > coded - largest_block ? claimed : coded;
}

/** A copy with lengths of 4 bytes; what is torn is left out. */
BufferRef with_long_lengths(rtmp::Bytes units, int length_bytes) {
  std::vector<uint8_t> out;
  out.reserve(units.size() + 64);
  const auto head = static_cast<size_t>(length_bytes);
  for (size_t at = 0; at + head <= units.size();) {
    const size_t size = rtmp::number_at(units.data() + at, length_bytes);
    at += head;
    if (size > units.size() - at) break;
    rtmp::append_number(&out, static_cast<uint32_t>(size), 4);
    out.insert(out.end(), units.begin() + static_cast<ptrdiff_t>(at),
               units.begin() + static_cast<ptrdiff_t>(at + size));
    at += size;
  }
  return BufferRef(gst_buffer_new_memdup(out.data(), out.size()));
}

}  // namespace

void TagPackets::note_metadata(const rtmp::Payload& payload) {
  rtmp::MediaMessage message;
  message.kind = rtmp::MediaKind::data;
  message.payload = payload;
  const rtmp::ScriptData data = rtmp::read_script_data(message, metadata_limits);
  if (data.values.empty() || !data.values.back().has_names()) return;
  const auto side = [&](std::string_view name) {
    const double claimed = data.values.back().number_of(name, 0);
    return claimed > 0 && claimed < 65'536 ? static_cast<int>(claimed) : 0;
  };
  claimed_width_ = side("width");
  claimed_height_ = side("height");
}

void TagPackets::note_config(const Frame& frame) {
  if (frame.track != 0) return;
  Track& track = frame.video ? video_ : audio_;
  const auto found = rtmp::format_of(frame, frame.payload, false);
  const auto read = found && found->caps ? mux::format_of(found->caps.get()) : nullptr;
  if (!read) {
    track = {};
    return;
  }
  mux::Format format = *read;
  int length_bytes = 4;
  const bool units = format.codec == mux::Codec::h264 || format.codec == mux::Codec::hevc;
  const size_t length_at = format.codec == mux::Codec::h264 ? avc_length_at : hevc_length_at;
  if (units && format.record.size() > length_at) {
    length_bytes = (format.record[length_at] & 3) + 1;
    format.record[length_at] |= 3;
  }
  if (frame.video) {
    const Size coded = coded_size_of(format);
    format.width = shown_side(claimed_width_, coded.width);
    format.height = shown_side(claimed_height_, coded.height);
  }
  track.length_bytes = length_bytes;
  // The same again, as many a publisher sends it before each keyframe.
  if (track.format && *track.format == format) return;
  track.format = std::make_shared<const mux::Format>(std::move(format));
}

void TagPackets::begin(const rtmp::StreamRecords& records) {
  claimed_width_ = claimed_height_ = 0;
  if (records.metadata()) note_metadata(*records.metadata());
  bool has_video = false, has_audio = false;
  for (const rtmp::StreamRecords::Record& record : records.records()) {
    const bool video = record.kind == rtmp::MediaKind::video;
    rtmp::TagReader reader(video, record.payload.bytes);
    Frame frame;
    if (!reader.next(&frame) || frame.kind != FrameKind::config) continue;
    note_config(frame);
    (video ? has_video : has_audio) = true;
  }
  if (!has_video) video_ = {};
  if (!has_audio) audio_ = {};
}

std::optional<mux::Packet> TagPackets::take(const rtmp::Passing& passing) {
  const Frame& frame = passing.seen.frame;
  if (passing.seen.content == Content::metadata) note_metadata(passing.payload);
  if (passing.seen.content == Content::record && frame.kind == FrameKind::config) note_config(frame);
  if (passing.seen.content != Content::media || frame.kind != FrameKind::media || frame.track != 0) return std::nullopt;
  const Track& track = frame.video ? video_ : audio_;
  if (!track.format || frame.payload.empty()) return std::nullopt;
  mux::Packet packet;
  packet.format = track.format;
  packet.video = frame.video;
  packet.key = passing.seen.key;
  packet.dts_ns = passing.time_ms * ns_per_ms;
  // Some encoders write times below 0 here; no container has a picture that is shown before it is decoded.
  const int64_t after_ms = frame.video ? std::max<int64_t>(0, frame.composition_ms) : 0;
  packet.pts_ns = packet.dts_ns + after_ms * ns_per_ms;
  packet.data = track.length_bytes == 4
                    ? BufferRef(rtmp::wrap({frame.payload, passing.payload.owner, passing.payload.owner_bytes}))
                    : with_long_lengths(frame.payload, track.length_bytes);
  return packet;
}

}  // namespace rxgst::relay
