#include "rtmp/tags/tag_reader.h"

#include "check.h"
#include "rtmp/tags/tag_writer.h"

namespace test {

namespace {

std::string name_of(uint32_t four_cc) {
  if (four_cc == 0) return "-";
  const Buffer bytes = number(four_cc, 4);
  return {bytes.begin(), bytes.end()};
}

/** As text: kind, codec, track, times and what is left of the message. */
std::string shown(const Frame& it) {
  static const char* const kinds[] = {"config",    "media",   "end",     "metadata", "channels",
                                      "ts_config", "silence", "command", "unknown"};
  return std::string(kinds[static_cast<size_t>(it.kind)]) + (it.key ? "*" : "") + " " +
         (it.enhanced ? name_of(it.four_cc) : std::to_string(it.codec_id)) + " " + std::to_string(it.track) + " " +
         std::to_string(it.composition_ms) + "." + std::to_string(it.nano) + " " +
         std::string(it.payload.begin(), it.payload.end());
}

std::string read(bool video, const Buffer& message) {
  TagReader reader(video, message);
  std::string out;
  Frame frame;
  while (reader.next(&frame)) out += (out.empty() ? "" : "; ") + shown(frame);
  return out + (reader.wrong() ? std::string(" ! ") + reader.wrong() : "");
}
std::string video(const Buffer& message) { return read(true, message); }
std::string audio(const Buffer& message) { return read(false, message); }

void flv_headers() {
  same(video(Buffer{0x17, 0, 0, 0, 0} + text("avcC")), "config* 7 0 0.0 avcC", "H.264's configuration");
  same(video(Buffer{0x27, 1, 0xff, 0xff, 0xfe} + text("nal")), "media 7 0 -2.0 nal", "a negative composition time");
  same(video(Buffer{0x1c, 1, 0, 0, 80} + text("nal")), "media* 12 0 80.0 nal", "HEVC by its number");
  same(video({0x17, 2, 0, 0, 0}), "end* 7 0 0.0 ", "the end of a sequence");
  same(video(Buffer{0x22} + text("h263")), "media 2 0 0.0 h263", "H.263");
  same(video({0x57, 0}), "command 7 0 0.0 " + std::string(1, 0), "a command");
  same(video({}), "", "an empty picture");
  same(video({0x17, 1, 0}), " ! ends within a video header", "a picture that is cut");
  same(audio(Buffer{0xaf, 0, 0x12, 0x10}), "config 10 0 0.0 \x12\x10", "AAC's configuration");
  same(audio(Buffer{0xaf, 1} + text("aac")), "media 10 0 0.0 aac", "AAC");
  same(audio(Buffer{0x2f} + text("mp3")), "media 2 0 0.0 mp3", "MP3");
  same(audio({}), "silence -1 0 0.0 ", "silence");
  same(audio({0xaf}), " ! ends within an audio header", "AAC that is cut");
  Frame frame;
  const auto format = [&](uint8_t head) {
    const Buffer message{head, 1};
    TagReader reader(false, message);
    reader.next(&frame);
    return std::to_string(frame.sound.rate) + "/" + std::to_string(frame.sound.bits) + "/" +
           std::to_string(frame.sound.channels);
  };
  same(format(0x2a), "22050/16/1", "a sound format");
  same(format(0x72), "8000/16/1", "G.711's");
  same(format(0xb6), "16000/16/1", "Speex's");
}

void enhanced_headers() {
  same(video(Buffer{0x90} + text("hvc1") + text("hvcC")), "config* hvc1 0 0.0 hvcC", "HEVC's configuration");
  same(video(Buffer{0x93} + text("hvc1") + text("nal")), "media* hvc1 0 0.0 nal", "a key frame without an offset");
  same(video(Buffer{0x91} + text("hvc1") + Buffer{0, 0, 40} + text("nal")), "media* hvc1 0 40.0 nal", "one with it");
  same(video(Buffer{0xa1} + text("av01") + text("obu")), "media av01 0 0.0 obu", "AV1");
  same(video(Buffer{0x92} + text("vp09")), "end* vp09 0 0.0 ", "an end");
  same(video(Buffer{0x94} + text("hvc1") + text("amf")), "metadata* hvc1 0 0.0 amf", "metadata");
  same(video(Buffer{0x95} + text("av01") + text("ts")), "ts_config* av01 0 0.0 ts", "a descriptor");
  same(video({0xd0, 1}), "command - 0 0.0 \x01", "a command");
  same(video(Buffer{0x98} + text("hvc1")), "unknown* hvc1 0 0.0 ", "a packet type that is none");
  same(video(Buffer{0x91} + text("hvc1") + Buffer{0}), " ! ends within a composition time", "a cut one");
  same(video(Buffer{0x91} + text("hv")), " ! ends within a FourCC", "a cut name");
  same(audio(Buffer{0x90} + text("Opus") + text("OpusHead")), "config Opus 0 0.0 OpusHead", "Opus's configuration");
  same(audio(Buffer{0x91} + text("ac-3") + text("frame")), "media ac-3 0 0.0 frame", "AC-3");
  same(audio(Buffer{0x94} + text("mp4a") + Buffer{1, 6, 0, 0, 0, 63}),
       std::string("channels mp4a 0 0.0 \x01\x06\0\0\0?", 26), "channels");
  same(audio(Buffer{0x96} + text("mp4a")), "unknown mp4a 0 0.0 ", "a packet type that is none");
}

void tracks_and_extensions() {
  // One track; the offset is the track's own.
  same(video(Buffer{0x96, 0x01} + text("hvc1") + Buffer{2, 0, 0, 9} + text("nal")), "media* hvc1 2 9.0 nal",
       "one track");
  same(audio(Buffer{0x95, 0x11} + text("mp4a") + Buffer{0, 0, 0, 2, 'a', 'a', 1, 0, 0, 3, 'b', 'b', 'b'}),
       "media mp4a 0 0.0 aa; media mp4a 1 0.0 bbb", "tracks of one codec");
  same(audio(Buffer{0x95, 0x21} + text("mp4a") + Buffer{0, 0, 0, 1, 'a'} + text("Opus") + Buffer{1, 0, 0, 1, 'b'}),
       "media mp4a 0 0.0 a; media Opus 1 0.0 b", "tracks of several codecs");
  same(video(Buffer{0x96, 0x11} + text("av01") + Buffer{0, 0, 0, 9, 'a'}), " ! ends within a track", "a cut track");
  same(video(Buffer{0x96, 0x16} + text("av01")), " ! has tracks within tracks", "tracks within tracks");
  same(video(Buffer{0x96, 0x31} + text("av01")), " ! has tracks of an unknown kind", "an unknown kind");
  same(video(Buffer{0x96}), " ! ends within a header of tracks", "no kind");
  // Nanoseconds; an unknown extension; one of 300 bytes.
  same(video(Buffer{0x97, 2, 0x01, 0, 0, 0x03} + text("hvc1") + text("n")), "media* hvc1 0 0.65536 n", "nanoseconds");
  same(video(Buffer{0xa7, 0, 0xaa, 0x57, 2, 0, 0, 7, 0x01} + text("av01") + text("o")), "media av01 0 0.7 o",
       "two extensions");
  same(video(Buffer{0xa7, 0xff, 1, 0x2b} + Buffer(300, 0) + Buffer{0x11} + text("av01") + text("o")),
       "media av01 0 0.0 o", "a long extension");
  same(audio(Buffer{0x97, 2, 0, 0, 1, 0x05, 0x01} + text("mp4a") + Buffer{3} + text("a")), "media mp4a 3 0.1 a",
       "an extension, and a track");
  for (const Buffer& cut : {Buffer{0x97}, Buffer{0x97, 0xff, 1}, Buffer{0x97, 5, 1, 2}, Buffer{0x97, 0, 1}})
    same(video(cut), " ! ends within an extension", "a cut extension");
}

void layouts() {
  ChannelLayout layout;
  check(read_channel_layout(Buffer{1, 6, 0, 0, 0, 63}, &layout) && layout.mask == 63 && layout.count == 6, "native");
  check(read_channel_layout(Buffer{2, 2, 4, 5}, &layout) && layout.channels.size() == 2, "custom");
  check(!read_channel_layout(Buffer{2, 3, 4, 5}, &layout) && !read_channel_layout(Buffer{9, 1}, &layout), "bad ones");
}

void headers_written_and_read() {
  Dice dice(3);
  const Codec codecs[] = {Codec::h264, Codec::hevc, Codec::vvc,  Codec::av1, Codec::vp8,  Codec::vp9,
                          Codec::aac,  Codec::opus, Codec::flac, Codec::ac3, Codec::eac3, Codec::mp3};
  for (int i = 0; i < 5000; ++i) {
    Frame frame;
    frame.codec = codecs[roll(dice, 11)];
    frame.video = frame.codec < Codec::aac;
    frame.kind = static_cast<FrameKind>(roll(dice, 5));
    frame.enhanced = roll(dice, 1) == 1;
    frame.key = frame.video && (frame.kind != FrameKind::media || roll(dice, 1) == 1);
    frame.track = static_cast<uint8_t>(roll(dice, 2) == 0 ? roll(dice, 255) : 0);
    frame.nano = static_cast<uint32_t>(roll(dice, 2) == 0 ? roll(dice, 999'999) : 0);
    const bool offset = frame.kind == FrameKind::media && frame.codec <= Codec::vvc;
    frame.composition_ms = offset ? static_cast<int32_t>(roll(dice, 1000)) - 500 : 0;
    const auto header = write_tag_header(frame);
    const bool possible = frame.video ? frame.kind != FrameKind::channels
                                      : frame.kind != FrameKind::metadata && frame.kind != FrameKind::ts_config;
    const bool by_number = !frame.enhanced && frame.track == 0 && frame.nano == 0;
    if (!header) {
      check(!possible || by_number, "a header that there is");
      continue;
    }
    check(header->size <= TagHeader::most, "a header's size");
    const Buffer message = buffer_of(header->view()) + text("body");
    TagReader reader(frame.video, message);
    Frame back;
    if (!check(reader.next(&back), "a frame comes back")) continue;
    check(back.kind == frame.kind && back.codec == frame.codec && back.key == frame.key && back.track == frame.track &&
              back.nano == frame.nano && back.composition_ms == frame.composition_ms && back.payload.size() == 4,
          "a frame is as it was: " + shown(frame) + " / " + shown(back));
    check(!reader.next(&back) && !reader.wrong(), "and alone");
  }
  Frame silence;
  silence.kind = FrameKind::silence;
  check(write_tag_header(silence).has_value() && write_tag_header(silence)->size == 0, "silence is empty");
  Frame hevc;
  hevc.video = hevc.key = true;
  hevc.codec = Codec::hevc;
  hevc.kind = FrameKind::config;
  same(video(buffer_of(write_tag_header(hevc)->view())), "config* hvc1 0 0.0 ", "HEVC");
  hevc.codec_id = 12;
  same(video(buffer_of(write_tag_header(hevc)->view())), "config* 12 0 0.0 ", "HEVC by its number");
  for (int i = 0; i < 20'000; ++i) {
    Buffer noise(roll(dice, 40));
    for (uint8_t& byte : noise)
      byte = static_cast<uint8_t>(roll(dice, 3) == 0 ? 0x90 + roll(dice, 7) : roll(dice, 255));
    read(i % 2 == 0, noise);
  }
}

}  // namespace

void tags() {
  flv_headers();
  enhanced_headers();
  tracks_and_extensions();
  layouts();
  headers_written_and_read();
}

}  // namespace test
