// Numbers that the reader and the writer of tag headers share.
#pragma once
#include <cstdint>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/** Low nibble of an enhanced header's first byte; 4 and 5 are other things in audio. */
enum PacketType : uint8_t {
  sequence_start,
  coded_frames,
  sequence_end,
  coded_frames_x,
  video_metadata_packet,
  ts_sequence_start,
  video_multitrack,
  mod_ex,

  multichannel_config = 4,
  audio_multitrack = 5,
};

enum FrameType : uint8_t { key_frame = 1, inter_frame = 2, disposable_frame = 3, generated_key = 4, command_frame = 5 };

constexpr uint8_t enhanced_video = 0x80;
/** In place of a sound format. */
constexpr uint8_t enhanced_audio = 9;
constexpr uint8_t flv_aac = 10;

constexpr int flv_h263 = 2;
constexpr int flv_h264 = 7;

/**
 * Whether a publisher writes such a picture in FLV's own header, of whatever codec; noise mostly fails. Only H.263 has
 * disposable pictures. For H.264 publishers write all kinds of types, and NAL units tell more.
 */
constexpr bool may_be_flv_picture(uint8_t head) {
  const int type = head >> 4, codec = head & 15;
  if (type == key_frame || type == inter_frame || type == command_frame || codec == flv_h264) return true;
  return type == disposable_frame && codec == flv_h263;
}

/** Whether pictures have this number: 2 to 7 by FLV's specification; servers gave 12 to 14 to HEVC, AV1 and VVC. */
constexpr bool is_flv_codec(int number) { return (number >= 2 && number <= 7) || (number >= 12 && number <= 14); }

/** Whether CodedFrames begin with a composition offset. */
constexpr bool has_composition(Codec codec) {
  return codec == Codec::h264 || codec == Codec::hevc || codec == Codec::vvc;
}

/** Whether a packet type and an offset follow FLV's own video header. */
constexpr bool is_avc_like(int codec_id) { return codec_id == 7 || codec_id == 12 || codec_id == 13; }

}  // namespace rxgst::rtmp
