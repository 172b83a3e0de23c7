#include "rtmp/elements/track_format.h"

#include <glib.h>

#include <algorithm>
#include <string>

namespace rxgst::rtmp {

namespace {

GstBuffer* buffer_of(Bytes bytes) { return gst_buffer_new_memdup(bytes.data(), bytes.size()); }

void set_buffer(GstCaps* caps, const char* name, Bytes bytes) {
  BufferRef buffer(buffer_of(bytes));
  gst_caps_set_simple(caps, name, GST_TYPE_BUFFER, buffer.get(), nullptr);
}

void set_headers(GstCaps* caps, std::initializer_list<Bytes> headers) {
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const Bytes bytes : headers) {
    BufferRef buffer(buffer_of(bytes));
    GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_HEADER);
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_BUFFER);
    gst_value_set_buffer(&value, buffer.get());
    gst_value_array_append_and_take_value(&array, &value);
  }
  gst_caps_set_value(caps, "streamheader", &array);
  g_value_unset(&array);
}

bool begins_with_start_code(Bytes bytes) {
  return bytes.size() > 4 && bytes[0] == 0 && bytes[1] == 0 && (bytes[2] == 1 || (bytes[2] == 0 && bytes[3] == 1));
}

/** H.264 and its successors: with a record, or as it is where nobody wrote one. */
std::optional<TrackFormat> units_format(const Frame& frame, const char* media_type, const char* with_record,
                                        Bytes config, bool media) {
  TrackFormat format;
  format.caps.reset(gst_caps_new_simple(media_type, "alignment", G_TYPE_STRING, "au", nullptr));
  const bool annex_b = begins_with_start_code(config.empty() ? frame.payload : config);
  if (!config.empty() && !annex_b) {
    gst_caps_set_simple(format.caps.get(), "stream-format", G_TYPE_STRING, with_record, nullptr);
    set_buffer(format.caps.get(), "codec_data", config);
    return format;
  }
  if (config.empty() && !(media && frame.key)) return {};
  gst_caps_set_simple(format.caps.get(), "stream-format", G_TYPE_STRING, "byte-stream", nullptr);
  format.before_key.assign(config.begin(), config.end());
  if (config.empty() && !annex_b) {
    if (!with_start_codes(frame.payload)) return {};
    format.packets = TrackFormat::Packets::start_codes;
  }
  return format;
}

TrackFormat plain(GstCaps* caps, TrackFormat::Packets packets = TrackFormat::Packets::as_they_are) {
  TrackFormat format;
  format.caps.reset(caps);
  format.packets = packets;
  return format;
}

GstCaps* simple(const char* media_type) { return gst_caps_new_empty_simple(media_type); }

GstCaps* sound(const char* media_type, const SoundFormat& format) {
  GstCaps* caps = simple(media_type);
  if (format.rate > 0) {
    gst_caps_set_simple(caps, "rate", G_TYPE_INT, format.rate, "channels", G_TYPE_INT, format.channels, nullptr);
  }
  return caps;
}

std::optional<TrackFormat> aac_format(const Frame& frame, Bytes config, bool media) {
  if (config.size() < 2) {
    const Bytes packet = frame.payload;
    const bool adts = media && packet.size() > 7 && packet[0] == 0xff && (packet[1] & 0xf6) == 0xf0;
    if (!adts) return {};
    return plain(gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format", G_TYPE_STRING, "adts",
                                     "framed", G_TYPE_BOOLEAN, TRUE, nullptr));
  }
  GstCaps* caps = gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "framed", G_TYPE_BOOLEAN, TRUE,
                                      "stream-format", G_TYPE_STRING, "raw", nullptr);
  set_buffer(caps, "codec_data", config);
  // Of AudioSpecificConfig the part that is always there; what SBR makes of it is the parser's to say.
  static constexpr int rates[] = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                  22'050, 16'000, 12'000, 11'025, 8000,   7350};
  static constexpr int counts[] = {0, 1, 2, 3, 4, 5, 6, 8};
  const size_t rate = static_cast<size_t>((config[0] & 7) << 1 | config[1] >> 7);
  const size_t channels = config[1] >> 3 & 15;
  if (rate < std::size(rates)) gst_caps_set_simple(caps, "rate", G_TYPE_INT, rates[rate], nullptr);
  if (channels > 0 && channels < std::size(counts))
    gst_caps_set_simple(caps, "channels", G_TYPE_INT, counts[channels], nullptr);
  return plain(caps);
}

/** `OpusHead`, RFC 7845, 5.1. */
TrackFormat opus_format(Bytes config) {
  int channels = 2, family = 0;
  const bool head = config.size() >= 19 && text_of(config.first(8)) == "OpusHead";
  if (head) {
    channels = std::max<int>(1, config[9]);
    family = config[18];
  }
  GstCaps* caps = gst_caps_new_simple("audio/x-opus", "rate", G_TYPE_INT, 48'000, "channels", G_TYPE_INT, channels,
                                      "channel-mapping-family", G_TYPE_INT, family, nullptr);
  const auto count = static_cast<size_t>(channels);
  if (head && family != 0 && config.size() >= 21 + count) {
    GValue mapping = G_VALUE_INIT;
    g_value_init(&mapping, GST_TYPE_ARRAY);
    for (const uint8_t each : config.subspan(21, count)) {
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_TYPE_INT);
      g_value_set_int(&value, each);
      gst_value_array_append_and_take_value(&mapping, &value);
    }
    gst_caps_set_simple(caps, "stream-count", G_TYPE_INT, static_cast<int>(config[19]), "coupled-count", G_TYPE_INT,
                        static_cast<int>(config[20]), nullptr);
    gst_caps_set_value(caps, "channel-mapping", &mapping);
    g_value_unset(&mapping);
  }
  if (head) {
    static constexpr std::string_view tags("OpusTags\5\0\0\0rxgst\0\0\0\0", 21);
    set_headers(caps, {config, bytes_of(tags)});
  }
  return plain(caps);
}

/** The marker and STREAMINFO go first, as at the beginning of a file. */
std::optional<TrackFormat> flac_format(Bytes config) {
  constexpr size_t head_bytes = 42;
  if (config.size() < head_bytes || text_of(config.first(4)) != "fLaC") return {};
  TrackFormat format = plain(simple("audio/x-flac"));
  format.header.assign(config.begin(), config.begin() + head_bytes);
  // No other block follows.
  format.header[4] |= 0x80;
  return format;
}

/** FLV's Speex has no header; its decoder wants one: wide band, 16 kHz, mono. */
TrackFormat speex_format() {
  std::vector<uint8_t> head(80, 0);
  const auto text = [&](size_t at, std::string_view value) {
    std::copy(value.begin(), value.end(), head.begin() + static_cast<ptrdiff_t>(at));
  };
  const auto number = [&](size_t at, int32_t value) {
    for (size_t i = 0; i < 4; ++i) head[at + i] = static_cast<uint8_t>(static_cast<uint32_t>(value) >> 8 * i);
  };
  text(0, "Speex   ");
  text(8, "1.1.12");
  number(28, 1);
  number(32, 80);
  number(36, 16'000);
  number(40, 1);
  number(44, 4);
  number(48, 1);
  number(52, -1);
  number(56, 320);
  number(60, 0);
  number(64, 1);
  static constexpr std::string_view comment("\5\0\0\0rxgst\0\0\0\0", 13);
  GstCaps* caps = gst_caps_new_simple("audio/x-speex", "rate", G_TYPE_INT, 16'000, "channels", G_TYPE_INT, 1, nullptr);
  set_headers(caps, {head, bytes_of(comment)});
  return plain(caps);
}

}  // namespace

std::optional<TrackFormat> format_of(const Frame& frame, Bytes config, bool media) {
  using Packets = TrackFormat::Packets;
  const SoundFormat& facts = frame.sound;
  switch (frame.codec) {
    case Codec::h264:
      return units_format(frame, "video/x-h264", "avc", config, media);
    case Codec::hevc:
      return units_format(frame, "video/x-h265", "hvc1", config, media);
    case Codec::vvc:
      return units_format(frame, "video/x-h266", "vvc1", config, media);
    case Codec::av1: {
      GstCaps* caps = gst_caps_new_simple("video/x-av1", "stream-format", G_TYPE_STRING, "obu-stream", "alignment",
                                          G_TYPE_STRING, "tu", nullptr);
      if (config.size() >= 4 && config[0] == 0x81) set_buffer(caps, "codec_data", config);
      return plain(caps);
    }
    case Codec::vp8:
      return plain(simple("video/x-vp8"));
    case Codec::vp9:
      return plain(simple("video/x-vp9"));
    case Codec::sorenson_h263:
      return plain(gst_caps_new_simple("video/x-flash-video", "flvversion", G_TYPE_INT, 1, nullptr));
    case Codec::screen:
      return plain(simple("video/x-flash-screen"));
    case Codec::screen2:
      return plain(simple("video/x-flash-screen2"));
    case Codec::vp6:
      return plain(simple("video/x-vp6-flash"), Packets::without_first_byte);
    case Codec::vp6_alpha:
      return plain(simple("video/x-vp6-alpha"), Packets::without_first_byte);
    case Codec::aac:
      return aac_format(frame, config, media);
    case Codec::opus:
      return opus_format(config);
    case Codec::flac:
      return flac_format(config);
    case Codec::ac3:
      return plain(gst_caps_new_simple("audio/x-ac3", "framed", G_TYPE_BOOLEAN, TRUE, nullptr));
    case Codec::eac3:
      return plain(gst_caps_new_simple("audio/x-eac3", "framed", G_TYPE_BOOLEAN, TRUE, nullptr));
    case Codec::mp3: {
      GstCaps* caps = sound("audio/mpeg", facts);
      gst_caps_set_simple(caps, "mpegversion", G_TYPE_INT, 1, "layer", G_TYPE_INT, 3, nullptr);
      return plain(caps);
    }
    case Codec::pcm: {
      GstCaps* caps = sound("audio/x-raw", facts);
      gst_caps_set_simple(caps, "format", G_TYPE_STRING, facts.bits == 8 ? "U8" : "S16LE", "layout", G_TYPE_STRING,
                          "interleaved", nullptr);
      return plain(caps);
    }
    case Codec::adpcm: {
      GstCaps* caps = sound("audio/x-adpcm", facts);
      gst_caps_set_simple(caps, "layout", G_TYPE_STRING, "swf", nullptr);
      return plain(caps);
    }
    case Codec::nellymoser:
      return plain(sound("audio/x-nellymoser", facts));
    case Codec::g711_alaw:
      return plain(sound("audio/x-alaw", facts));
    case Codec::g711_ulaw:
      return plain(sound("audio/x-mulaw", facts));
    case Codec::speex:
      return speex_format();
    case Codec::unknown:
      return {};
  }
  return {};
}

std::optional<std::vector<uint8_t>> with_start_codes(Bytes units) {
  std::vector<uint8_t> out(units.begin(), units.end());
  size_t at = 0;
  while (at + 4 < out.size()) {
    const size_t size = number_at(out.data() + at, 4);
    if (size == 0 || size > out.size() - at - 4) return {};
    put_number(out.data() + at, 1, 4);
    at += 4 + size;
  }
  if (at == 0 || at != out.size()) return {};
  return out;
}

std::string codec_text(const Frame& frame) {
  if (!frame.enhanced) return std::to_string(frame.codec_id);
  std::string text(4, ' ');
  put_number(reinterpret_cast<uint8_t*>(text.data()), frame.four_cc, 4);
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isalnum(c) || c == '-' || c == '.'; });
  if (plain) return text;
  CharPtr hex(g_strdup_printf("0x%08x", frame.four_cc));
  return hex.get();
}

}  // namespace rxgst::rtmp
