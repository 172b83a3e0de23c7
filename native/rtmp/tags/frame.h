// What an audio or video message holds: one or more frames, each of a track and a codec.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace rxgst::rtmp {

/** A codec by its FourCC, as onMetaData and `fourCcList` write it, or by the number that FLV had for it. */
enum class Codec : uint8_t {
  unknown,
  // video
  h264,
  hevc,
  vvc,
  av1,
  vp8,
  vp9,
  sorenson_h263,
  screen,
  vp6,
  vp6_alpha,
  screen2,
  // audio
  aac,
  opus,
  flac,
  ac3,
  eac3,
  mp3,
  /** 16 bits in the platform's order, which is little-endian, or 8 bits. */
  pcm,
  adpcm,
  nellymoser,
  g711_alaw,
  g711_ulaw,
  speex,
};

constexpr uint32_t four_cc(const char (&name)[5]) {
  return static_cast<uint32_t>(static_cast<uint8_t>(name[0])) << 24 |
         static_cast<uint32_t>(static_cast<uint8_t>(name[1])) << 16 |
         static_cast<uint32_t>(static_cast<uint8_t>(name[2])) << 8 | static_cast<uint8_t>(name[3]);
}

/** 0: the codec has none. */
uint32_t four_cc_of(Codec codec);
Codec codec_of_four_cc(uint32_t four_cc);
/** The codec of FLV's own numbers, with those that are in use beside the specification (12 is HEVC). */
Codec codec_of_video_id(int id);
Codec codec_of_audio_id(int id);

enum class FrameKind : uint8_t {
  /** The codec's configuration record. */
  config,
  /** One picture, or some sound. */
  media,
  /** The sequence ends; a new configuration may follow. */
  end,
  /** AMF: `colorInfo` and its like. */
  metadata,
  /** The order of channels: ChannelLayout. */
  channels,
  /** A descriptor of MPEG-2 TS in place of a configuration record. */
  ts_config,
  /** The sound is silent from here on. */
  silence,
  /** A server's seek begins (0) or ends (1); the byte is the payload. */
  command,
  /** A packet type that no specification knows; what follows is the payload. */
  unknown,
};

/** Where a message's sound is, by FLV's own header. */
struct SoundFormat {
  int rate = 0;
  int bits = 0;
  int channels = 0;
};

struct Frame {
  FrameKind kind = FrameKind::unknown;
  bool video = false;
  /** By Enhanced RTMP's header, not FLV's. */
  bool enhanced = false;
  /** The first byte marks a keyframe; what the bitstream says counts more. */
  bool key = false;
  /** A picture that no other refers to (FLV's frame type 3). */
  bool disposable = false;
  uint8_t track = 0;
  Codec codec = Codec::unknown;
  /** As written; 0 in FLV's own header, which has `codec_id`. */
  uint32_t four_cc = 0;
  int codec_id = -1;
  /** Presentation minus decoding time, as the 24 bits with their sign say. */
  int32_t composition_ms = 0;
  /** Beyond the message's milliseconds, 0 to 999,999. */
  uint32_t nano = 0;
  /** Of FLV's own header alone; AAC's is meaningless, its configuration record counts. */
  SoundFormat sound;
  /** A part of the message. */
  std::span<const uint8_t> payload;
};

/** Body of a `channels` frame. */
struct ChannelLayout {
  enum class Order : uint8_t { unspecified, native, custom };
  Order order = Order::unspecified;
  int count = 0;
  /** Native: a bit for each channel that is there. */
  uint32_t mask = 0;
  /** Custom: what each channel is. */
  std::span<const uint8_t> channels;
};

/** False: it is cut, or of an order that nobody knows. */
bool read_channel_layout(std::span<const uint8_t> payload, ChannelLayout* out);

}  // namespace rxgst::rtmp
