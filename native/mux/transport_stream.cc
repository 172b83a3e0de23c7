#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "h264/avc_config.h"
#include "hevc/config.h"
#include "hevc/nal.h"
#include "mux/container.h"

namespace rxgst::mux {
namespace {

constexpr size_t packet_bytes = 188;
constexpr uint32_t map_pid = 0x1000, video_pid = 0x100, audio_pid = 0x101;
/** Times begin here, so that the clock, which goes before them, never is below 0. */
constexpr int64_t begin_ns = 1'000'000'000;
/** How far the clock of the stream goes before decoding times: what a decoder may buffer. */
constexpr int64_t clock_lead_ns = 200'000'000;
constexpr int64_t tables_every_ns = 200'000'000;
constexpr int64_t clock_every_ns = 80'000'000;
/** A frame of ADTS has 13 bits for its size. */
constexpr size_t adts_head_bytes = 7, most_adts_bytes = 8191;
constexpr uint8_t start_code[] = {0, 0, 0, 1};

uint64_t to_90khz(int64_t ns) {
  return static_cast<uint64_t>(std::max<int64_t>(0, ns + begin_ns) * 9 / 100'000) & 0x1ffffffff;
}

/** CRC-32 of ISO/IEC 13818-1, annex A. */
uint32_t crc_of(const uint8_t* data, size_t size) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < size; ++i) {
    crc ^= static_cast<uint32_t>(data[i]) << 24;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  }
  return crc;
}

/** The fields of an ADTS header that AudioSpecificConfig has; null: ADTS has no place for them. */
struct Adts {
  uint32_t profile, rate_index, channels;
};
std::optional<Adts> adts_of(const Format& format) {
  if (format.record.size() < 2) return std::nullopt;
  const uint32_t bits = static_cast<uint32_t>(format.record[0]) << 8 | format.record[1];
  constexpr uint32_t main = 1, long_term = 4, low_complexity = 2;
  uint32_t type = bits >> 11;
  // A decoder finds spectral band replication by itself.
  if (type > long_term || type < main) type = low_complexity;
  const uint32_t rate_index = bits >> 7 & 15, channels = bits >> 3 & 15;
  if (rate_index > 12 || channels == 0 || channels > 7) return std::nullopt;
  return Adts{type - 1, rate_index, channels};
}

class TransportStream final : public Container {
 public:
  TransportStream(const Formats& formats, std::shared_ptr<StreamCounters> counters)
      : formats_{has_place(formats.video) ? formats.video : nullptr, formats.audio}, counters_(std::move(counters)) {
    if (formats_.audio) adts_ = adts_of(*formats_.audio);
    if (formats_.video) read_sets(*formats_.video);
    if (formats.video && !formats_.video) GST_WARNING("a transport stream has no place for this codec of pictures");
    if (formats.audio && !adts_) GST_WARNING("ADTS has no place for this configuration of AAC");
  }

  bool takes(const Packet& packet) const override {
    if (packet.video) return formats_.video != nullptr;
    return adts_ && gst_buffer_get_size(packet.data.get()) + adts_head_bytes <= most_adts_bytes;
  }

  void add(Packet packet, Bytes& out) override {
    if (!takes(packet)) return;
    const bool due = tables_ns_ < 0 || packet.dts_ns - tables_ns_ >= tables_every_ns;
    if (due || (packet.video && packet.key)) {
      write_tables(out);
      tables_ns_ = packet.dts_ns;
    }
    const bool carries = packet.video || !formats_.video;
    const bool clock = carries || packet.dts_ns - clock_ns_ >= clock_every_ns;
    if (clock && !carries) write_clock(packet.dts_ns, out);
    if (clock) clock_ns_ = packet.dts_ns;
    payload_.clear();
    if (packet.video)
      write_picture(packet);
    else
      write_sound(packet);
    write_payload(packet, carries, out);
  }
  void flush(Bytes&) override {}
  void finish(Bytes&, std::vector<Patch>&) override {}

 private:
  static bool has_place(const std::shared_ptr<const Format>& format) {
    return format && (format->codec == Codec::h264 || format->codec == Codec::hevc);
  }

  void read_sets(const Format& format) {
    const uint8_t* record = format.record.data();
    const size_t size = format.record.size();
    const auto keep = [&](const uint8_t* nal, size_t length) {
      sets_.add(start_code).add({nal, length});
      return true;
    };
    if (format.codec == Codec::hevc && hevc::is_record(record, size)) {
      length_size_ = hevc::length_size_of(record);
      hevc::each_set(record, size, keep);
    } else if (format.codec == Codec::h264 && is_avc_config(record, size)) {
      length_size_ = nal_length_size(record, size);
      each_parameter_set(record, size, AvcLists::all_sets, keep);
    }
  }

  void write_table(Bytes& out, uint32_t pid, uint32_t* counter, const Bytes& section) {
    Bytes whole;
    whole.add({section.data(), section.size()}).u32(crc_of(section.data(), section.size()));
    const size_t end = out.size() + packet_bytes;
    out.u8(0x47).u16(0x4000 | pid).u8(0x10 | (*counter)++ % 16).u8(0).add({whole.data(), whole.size()});
    while (out.size() < end) out.u8(0xff);
  }

  void write_tables(Bytes& out) {
    constexpr uint32_t current = 0xc1, h264_type = 0x1b, hevc_type = 0x24, adts_type = 0x0f;
    Bytes programs;
    const uint32_t version = (counters_->version & 31) << 1;
    programs.u8(0).u16(0xb000 | 13).u16(1).u8(current).u16(0).u16(1).u16(0xe000 | map_pid);
    write_table(out, 0, &counters_->programs, programs);
    Bytes streams;
    if (formats_.video)
      streams.u8(formats_.video->codec == Codec::hevc ? hevc_type : h264_type).u16(0xe000 | video_pid).u16(0xf000);
    if (adts_) streams.u8(adts_type).u16(0xe000 | audio_pid).u16(0xf000);
    Bytes map;
    map.u8(2).u16(0xb000 | static_cast<uint32_t>(9 + streams.size() + 4)).u16(1).u8(current | version).u16(0);
    map.u16(0xe000 | (formats_.video ? video_pid : audio_pid)).u16(0xf000).add({streams.data(), streams.size()});
    write_table(out, map_pid, &counters_->map, map);
  }

  void write_picture(const Packet& packet) {
    const MappedBuffer bytes(packet.data.get());
    const bool is_hevc = formats_.video->codec == Codec::hevc;
    constexpr std::array<uint8_t, 2> avc_delimiter{9, 0xf0};
    constexpr std::array<uint8_t, 3> hevc_delimiter{0x46, 1, 0x50};
    payload_.add(start_code);
    if (is_hevc)
      payload_.add(hevc_delimiter);
    else
      payload_.add(avc_delimiter);
    if (packet.key) payload_.add({sets_.data(), sets_.size()});
    size_t at = 0;
    const auto lengths = static_cast<size_t>(length_size_);
    while (lengths > 0 && bytes.size() - at > lengths) {
      size_t length = 0;
      for (size_t i = 0; i < lengths; ++i) length = length << 8 | bytes.data()[at + i];
      at += lengths;
      if (length == 0 || length > bytes.size() - at) break;
      const uint8_t* nal = bytes.data() + at;
      const bool delimiter = is_hevc ? hevc::unit_type(nal) == 35 : (nal[0] & 31) == 9;
      if (!delimiter) payload_.add(start_code).add({nal, length});
      at += length;
    }
  }

  void write_sound(const Packet& packet) {
    const MappedBuffer bytes(packet.data.get());
    const auto size = static_cast<uint32_t>(bytes.size() + adts_head_bytes);
    payload_.u16(0xfff1).u8(adts_->profile << 6 | adts_->rate_index << 2 | adts_->channels >> 2);
    payload_.u8((adts_->channels & 3) << 6 | size >> 11).u8(size >> 3 & 0xff).u8((size & 7) << 5 | 0x1f).u8(0xfc);
    payload_.add({bytes.data(), bytes.size()});
  }

  static void write_time(Bytes& out, uint32_t mark, uint64_t time) {
    out.u8(mark << 4 | static_cast<uint32_t>(time >> 29 & 14) | 1);
    out.u16(static_cast<uint32_t>(time >> 14 & 0xfffe) | 1).u16(static_cast<uint32_t>(time << 1 & 0xfffe) | 1);
  }

  /** A clock never goes back. */
  void write_reference(Bytes& out, int64_t dts_ns) {
    counters_->clock_ns = std::max(counters_->clock_ns, dts_ns - clock_lead_ns);
    const uint64_t clock = to_90khz(counters_->clock_ns);
    out.u32(static_cast<uint32_t>(clock >> 1)).u16(static_cast<uint32_t>(clock & 1) << 15 | 0x7e00);
  }

  /** A packet with the clock alone, which has no number of its own. */
  void write_clock(int64_t dts_ns, Bytes& out) {
    constexpr uint32_t has_clock = 0x10;
    const size_t end = out.size() + packet_bytes;
    out.u8(0x47).u16(video_pid).u8(0x20 | (counters_->video + 15) % 16).u8(packet_bytes - 5).u8(has_clock);
    write_reference(out, dts_ns);
    while (out.size() < end) out.u8(0xff);
  }

  void write_payload(const Packet& packet, bool clock, Bytes& out) {
    constexpr uint32_t video_id = 0xe0, audio_id = 0xc0, random_access = 0x40, has_clock = 0x10;
    const uint64_t dts = to_90khz(packet.dts_ns), pts = to_90khz(packet.pts_ns);
    Bytes header;
    const bool both = dts != pts;
    const size_t times = both ? 10 : 5;
    const size_t length = 3 + times + payload_.size();
    header.u24(1).u8(packet.video ? video_id : audio_id);
    header.u16(packet.video || length > 0xffff ? 0 : static_cast<uint32_t>(length));
    header.u8(0x84).u8(both ? 0xc0 : 0x80).u8(static_cast<uint32_t>(times));
    write_time(header, both ? 3 : 2, pts);
    if (both) write_time(header, 1, dts);
    header.add({payload_.data(), payload_.size()});

    uint32_t& counter = packet.video ? counters_->video : counters_->audio;
    const uint32_t pid = packet.video ? video_pid : audio_pid;
    size_t at = 0;
    const bool marked = packet.key || !packet.video;
    while (at < header.size()) {
      const bool begins = at == 0;
      const size_t fields = begins && clock ? 8 : begins && marked ? 2 : 0;
      const size_t left = header.size() - at;
      const size_t most = packet_bytes - 4 - fields;
      const size_t now = std::min(left, most);
      const size_t stuffing = most - now;
      const bool adapts = fields > 0 || stuffing > 0;
      out.u8(0x47).u16((begins ? 0x4000 : 0) | pid).u8((adapts ? 0x30 : 0x10) | counter++ % 16);
      if (adapts) {
        const size_t adaptation = fields + stuffing;
        out.u8(static_cast<uint32_t>(adaptation - 1));
        if (adaptation > 1) {
          out.u8(fields == 0 ? 0 : (marked ? random_access : 0) | (clock ? has_clock : 0));
          if (fields == 8) write_reference(out, packet.dts_ns);
          for (size_t i = std::max<size_t>(fields, 2); i < adaptation; ++i) out.u8(0xff);
        }
      }
      out.add({header.data() + at, now});
      at += now;
    }
  }

  const Formats formats_;
  std::optional<Adts> adts_;
  Bytes sets_;
  int length_size_ = 4;
  Bytes payload_;
  int64_t tables_ns_ = -1;
  int64_t clock_ns_ = 0;
  const std::shared_ptr<StreamCounters> counters_;
};

}  // namespace

std::unique_ptr<Container> transport_stream(const Formats& formats, Bytes&, std::shared_ptr<StreamCounters> counters) {
  if (!counters) counters = std::make_shared<StreamCounters>();
  return std::make_unique<TransportStream>(formats, std::move(counters));
}

}  // namespace rxgst::mux
