#include <array>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

namespace {

struct Named {
  Codec codec;
  uint32_t four_cc;
};

constexpr std::array names{
    Named{Codec::h264, four_cc("avc1")}, Named{Codec::hevc, four_cc("hvc1")}, Named{Codec::vvc, four_cc("vvc1")},
    Named{Codec::av1, four_cc("av01")},  Named{Codec::vp8, four_cc("vp08")},  Named{Codec::vp9, four_cc("vp09")},
    Named{Codec::aac, four_cc("mp4a")},  Named{Codec::opus, four_cc("Opus")}, Named{Codec::flac, four_cc("fLaC")},
    Named{Codec::ac3, four_cc("ac-3")},  Named{Codec::eac3, four_cc("ec-3")}, Named{Codec::mp3, four_cc(".mp3")},
};

}  // namespace

uint32_t four_cc_of(Codec codec) {
  for (const Named& it : names) {
    if (it.codec == codec) return it.four_cc;
  }
  return 0;
}

Codec codec_of_four_cc(uint32_t value) {
  for (const Named& it : names) {
    if (it.four_cc == value) return it.codec;
  }
  return Codec::unknown;
}

Codec codec_of_video_id(int id) {
  switch (id) {
    case 2:
      return Codec::sorenson_h263;
    case 3:
      return Codec::screen;
    case 4:
      return Codec::vp6;
    case 5:
      return Codec::vp6_alpha;
    case 6:
      return Codec::screen2;
    case 7:
      return Codec::h264;
    // Beside the specification, and in use since long before Enhanced RTMP.
    case 12:
      return Codec::hevc;
    case 13:
      return Codec::av1;
    default:
      return Codec::unknown;
  }
}

Codec codec_of_audio_id(int id) {
  switch (id) {
    case 0:
    case 3:
      return Codec::pcm;
    case 1:
      return Codec::adpcm;
    case 2:
    case 14:
      return Codec::mp3;
    case 4:
    case 5:
    case 6:
      return Codec::nellymoser;
    case 7:
      return Codec::g711_alaw;
    case 8:
      return Codec::g711_ulaw;
    case 10:
      return Codec::aac;
    case 11:
      return Codec::speex;
    // Beside the specification.
    case 13:
      return Codec::opus;
    default:
      return Codec::unknown;
  }
}

bool read_channel_layout(std::span<const uint8_t> payload, ChannelLayout* out) {
  if (payload.size() < 2 || payload[0] > 2) return false;
  *out = {static_cast<ChannelLayout::Order>(payload[0]), payload[1], 0, {}};
  const auto rest = payload.subspan(2);
  if (out->order == ChannelLayout::Order::custom) {
    if (rest.size() < payload[1]) return false;
    out->channels = rest.first(payload[1]);
  } else if (out->order == ChannelLayout::Order::native) {
    if (rest.size() < 4) return false;
    for (int i = 0; i < 4; ++i) out->mask = out->mask << 8 | rest[i];
  }
  return true;
}

}  // namespace rxgst::rtmp
