#include "mux/mp4_header.h"

#include <algorithm>

namespace rxgst::mux {
namespace {

constexpr uint32_t movie_timescale = 1000;

void identity_matrix(Bytes& out) {
  for (const uint32_t value : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u}) out.u32(value);
}

void movie_box(Bytes& out, uint32_t next_track) {
  out.full_box("mvhd", 0, 0).u32(0).u32(0).u32(movie_timescale).u32(0).u32(0x10000).u16(0x100).zeros(10);
  identity_matrix(out);
  out.zeros(24).u32(next_track).end();
}

void picture_entry(Bytes& out, const Format& format) {
  constexpr uint32_t dots_per_inch_72 = 0x480000;
  switch (format.codec) {
    case Codec::hevc:
      out.box("hvc1");
      break;
    case Codec::av1:
      out.box("av01");
      break;
    default:
      out.box("avc1");
  }
  out.zeros(6).u16(1).zeros(16);
  out.u16(static_cast<uint32_t>(format.width)).u16(static_cast<uint32_t>(format.height));
  out.u32(dots_per_inch_72).u32(dots_per_inch_72).u32(0).u16(1).zeros(32).u16(24).u16(0xffff);
  switch (format.codec) {
    case Codec::hevc:
      out.box("hvcC");
      break;
    case Codec::av1:
      out.box("av1C");
      break;
    default:
      out.box("avcC");
  }
  out.add(format.record).end();
  if (format.pixel_n != format.pixel_d)
    out.box("pasp").u32(static_cast<uint32_t>(format.pixel_n)).u32(static_cast<uint32_t>(format.pixel_d)).end();
  out.end();
}

/** A descriptor of ISO/IEC 14496-1, 8.3.3; `size` is less than 128. */
Bytes& descriptor(Bytes& out, uint32_t tag, size_t size) { return out.u8(tag).u8(static_cast<uint32_t>(size)); }

void sound_entry(Bytes& out, const Format& format) {
  constexpr uint32_t aac = 0x40, audio_stream = 0x15;
  const size_t config = std::min<size_t>(format.record.size(), 64);
  out.box("mp4a").zeros(6).u16(1).zeros(8);
  // A rate of more than 16 bits stands in the configuration alone.
  const int rate = format.rate <= 0xffff ? format.rate : 0;
  out.u16(static_cast<uint32_t>(format.channels)).u16(16).u32(0).u32(static_cast<uint32_t>(rate) << 16);
  out.full_box("esds", 0, 0);
  descriptor(out, 3, 3 + 2 + 13 + 2 + config + 3).u16(0).u8(0);
  descriptor(out, 4, 13 + 2 + config).u8(aac).u8(audio_stream).zeros(11);
  descriptor(out, 5, config).add({format.record.data(), config});
  descriptor(out, 6, 1).u8(2);
  out.end().end();
}

void track_box(Bytes& out, uint32_t id, const Format& format, bool video) {
  constexpr uint32_t shown = 3, undetermined = 0x55c4;
  const auto timescale = static_cast<uint32_t>(video ? video_timescale : std::max(1, format.rate));
  out.box("trak").full_box("tkhd", 0, shown).u32(0).u32(0).u32(id).u32(0).u32(0).zeros(8).u16(0).u16(0);
  out.u16(video ? 0 : 0x100).u16(0);
  identity_matrix(out);
  const int64_t shown_width = int64_t{format.width} * format.pixel_n / std::max(1, format.pixel_d);
  out.u32(static_cast<uint32_t>(video ? shown_width << 16 : 0));
  out.u32(static_cast<uint32_t>(video ? format.height << 16 : 0)).end();
  out.box("mdia").full_box("mdhd", 0, 0).u32(0).u32(0).u32(timescale).u32(0).u16(undetermined).u16(0).end();
  out.full_box("hdlr", 0, 0).u32(0);
  (video ? out.name("vide") : out.name("soun")).zeros(12).u8(0).end();
  out.box("minf");
  if (video)
    out.full_box("vmhd", 0, 1).zeros(8).end();
  else
    out.full_box("smhd", 0, 0).zeros(4).end();
  out.box("dinf").full_box("dref", 0, 0).u32(1).full_box("url ", 0, 1).end().end().end();
  out.box("stbl").full_box("stsd", 0, 0).u32(1);
  if (video)
    picture_entry(out, format);
  else
    sound_entry(out, format);
  out.end();
  out.full_box("stts", 0, 0).u32(0).end().full_box("stsc", 0, 0).u32(0).end();
  out.full_box("stsz", 0, 0).u32(0).u32(0).end().full_box("stco", 0, 0).u32(0).end();
  out.end().end().end().end();
}

}  // namespace

Mp4Header mp4_header(const Formats& formats, Bytes& out) {
  out.box("ftyp").name("iso6").u32(1).name("iso6").name("mp41").name("cmfc").end();
  out.box("moov");
  uint32_t tracks = (formats.video ? 1 : 0) + (formats.audio ? 1 : 0);
  movie_box(out, tracks + 1);
  uint32_t id = 1;
  if (formats.video) track_box(out, id++, *formats.video, true);
  if (formats.audio) track_box(out, id, *formats.audio, false);
  out.box("mvex").full_box("mehd", 1, 0);
  const Mp4Header header{out.size()};
  out.u64(0).end();
  for (uint32_t track = 1; track <= tracks; ++track)
    out.full_box("trex", 0, 0).u32(track).u32(1).u32(0).u32(0).u32(0).end();
  out.end().end();
  return header;
}

}  // namespace rxgst::mux
