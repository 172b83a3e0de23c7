#include "rtmp/tags/tag_writer.h"

#include "rtmp/tags/tag_numbers.h"

namespace rxgst::rtmp {

namespace {

/** −1: FLV's specification has none. */
int flv_id_of(Codec codec) {
  switch (codec) {
    case Codec::sorenson_h263:
      return 2;
    case Codec::screen:
      return 3;
    case Codec::vp6:
      return 4;
    case Codec::vp6_alpha:
      return 5;
    case Codec::screen2:
      return 6;
    case Codec::h264:
      return 7;
    case Codec::pcm:
      return 3;
    case Codec::adpcm:
      return 1;
    case Codec::mp3:
      return 2;
    case Codec::nellymoser:
      return 6;
    case Codec::g711_alaw:
      return 7;
    case Codec::g711_ulaw:
      return 8;
    case Codec::aac:
      return flv_aac;
    case Codec::speex:
      return 11;
    default:
      return -1;
  }
}

class Writer {
 public:
  void put(uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) header_.bytes[header_.size++] = static_cast<uint8_t>(value >> 8 * i);
  }
  TagHeader header() const { return header_; }

 private:
  TagHeader header_;
};

uint32_t frame_type(const Frame& frame) {
  if (frame.kind == FrameKind::command) return command_frame;
  if (frame.kind == FrameKind::config || frame.kind == FrameKind::end || frame.kind == FrameKind::metadata)
    return key_frame;
  return frame.key ? key_frame : frame.disposable ? disposable_frame : inter_frame;
}

std::optional<TagHeader> flv_video(const Frame& frame, int id) {
  Writer out;
  out.put(frame_type(frame) << 4 | static_cast<uint32_t>(id), 1);
  if (frame.kind == FrameKind::command) return out.header();
  const bool avc = is_avc_like(id);
  const bool sayable =
      frame.kind == FrameKind::media || (avc && (frame.kind == FrameKind::config || frame.kind == FrameKind::end));
  if (!sayable) return std::nullopt;
  if (!avc) return out.header();
  out.put(frame.kind == FrameKind::config ? 0 : frame.kind == FrameKind::media ? 1 : 2, 1);
  out.put(frame.kind == FrameKind::media ? static_cast<uint32_t>(frame.composition_ms) & 0xffffff : 0, 3);
  return out.header();
}

std::optional<TagHeader> flv_audio(const Frame& frame, int id) {
  Writer out;
  if (id == flv_aac) {
    if (frame.kind != FrameKind::config && frame.kind != FrameKind::media) return std::nullopt;
    // The specification wants 44.1 kHz, 16 bits and stereo said, whatever it is.
    out.put(flv_aac << 4 | 15, 1);
    out.put(frame.kind == FrameKind::config ? 0 : 1, 1);
    return out.header();
  }
  if (frame.kind != FrameKind::media) return std::nullopt;
  const SoundFormat& sound = frame.sound;
  const uint32_t rate = sound.rate >= 44'100 ? 3 : sound.rate >= 22'050 ? 2 : sound.rate >= 11'025 ? 1 : 0;
  out.put(static_cast<uint32_t>(id) << 4 | rate << 2 | (sound.bits == 8 ? 0 : 2) | (sound.channels == 1 ? 0 : 1), 1);
  return out.header();
}

/** −1: there is none. */
int packet_type(const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::config:
      return sequence_start;
    case FrameKind::media:
      // Without an offset it needs no place.
      if (frame.video && has_composition(frame.codec) && frame.composition_ms == 0) return coded_frames_x;
      return coded_frames;
    case FrameKind::end:
      return sequence_end;
    case FrameKind::metadata:
      return frame.video ? video_metadata_packet : -1;
    case FrameKind::channels:
      return frame.video ? -1 : multichannel_config;
    case FrameKind::ts_config:
      return frame.video ? ts_sequence_start : -1;
    default:
      return -1;
  }
}

std::optional<TagHeader> enhanced(const Frame& frame) {
  const int type = packet_type(frame);
  const uint32_t name = frame.codec == Codec::unknown ? frame.four_cc : four_cc_of(frame.codec);
  if (type < 0 || name == 0) return std::nullopt;
  const uint32_t before = frame.video ? enhanced_video | frame_type(frame) << 4 : enhanced_audio << 4;
  const bool several = frame.track > 0;
  const auto first =
      several ? static_cast<uint32_t>(frame.video ? video_multitrack : audio_multitrack) : static_cast<uint32_t>(type);
  Writer out;
  if (frame.nano > 0) {
    out.put(before | mod_ex, 1);
    out.put(2, 1);
    out.put(frame.nano, 3);
    out.put(first, 1);
  } else {
    out.put(before | first, 1);
  }
  // OneTrack is 0.
  if (several) out.put(static_cast<uint32_t>(type), 1);
  out.put(name, 4);
  if (several) out.put(frame.track, 1);
  if (frame.video && type == coded_frames && has_composition(frame.codec))
    out.put(static_cast<uint32_t>(frame.composition_ms) & 0xffffff, 3);
  return out.header();
}

}  // namespace

std::optional<TagHeader> write_tag_header(const Frame& frame) {
  if (frame.kind == FrameKind::silence) return TagHeader{};
  const bool needs_more = frame.enhanced || frame.track > 0 || frame.nano > 0 || frame.kind == FrameKind::channels ||
                          frame.kind == FrameKind::metadata || frame.kind == FrameKind::ts_config;
  const int id = frame.codec_id >= 0 ? frame.codec_id : flv_id_of(frame.codec);
  if (needs_more || id < 0) return enhanced(frame);
  return frame.video ? flv_video(frame, id) : flv_audio(frame, id);
}

}  // namespace rxgst::rtmp
