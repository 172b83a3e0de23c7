#include <algorithm>
#include <cstring>
#include <utility>

#include "mux/container.h"
#include "mux/mp4_header.h"

namespace rxgst::mux {
namespace {

struct Sample {
  BufferRef data;
  int64_t dts;  // ticks
  int32_t composition;
  bool key;
  size_t size;
};

struct Track {
  uint32_t id = 0;
  int64_t timescale = 0;
  bool video = false;
  std::vector<Sample> samples;
  int64_t last_duration = 0;
  int64_t end = 0;  // of what is written, ticks
  /** Rounds each time alone, so that errors do not add up. */
  int64_t ticks(int64_t ns) const {
    const int64_t second = 1'000'000'000;
    return ns / second * timescale + (ns % second * timescale + second / 2) / second;
  }
};

/** A keyframe, for the index at the end of the file. */
struct Access {
  uint64_t time;
  uint64_t moof_at;
  size_t sample;
};

class Mp4 final : public Container {
 public:
  Mp4(const Formats& formats, Bytes& out) {
    const Mp4Header header = mp4_header(formats, out);
    duration_at_ = header.duration_at;
    written_ = out.size();
    uint32_t id = 1;
    if (formats.video) {
      Track track{id++, video_timescale, true, {}, video_timescale / 25};
      tracks_.push_back(std::move(track));
    }
    if (formats.audio) {
      Track track{id, std::max(1, formats.audio->rate), false, {}, aac_frame_samples};
      tracks_.push_back(std::move(track));
    }
  }

  void add(Packet packet, Bytes& out) override {
    Track* track = track_of(packet.video);
    if (!track) return;
    if (is_due(*track, packet.dts_ns)) {
      write(out, track, std::max(track->end, track->ticks(packet.dts_ns)));
      begun_ns_ = packet.dts_ns;
    }
    if (count_ == 0) begun_ns_ = packet.dts_ns;
    // Nothing lies before what the file has already.
    const int64_t dts = std::max(track->end, track->ticks(packet.dts_ns));
    const int64_t later = std::clamp<int64_t>(track->ticks(packet.pts_ns) - dts, 0, INT32_MAX);
    const auto composition = static_cast<int32_t>(later);
    const size_t size = gst_buffer_get_size(packet.data.get());
    ++count_;
    bytes_ += size;
    track->samples.push_back({std::move(packet.data), dts, composition, packet.key || !packet.video, size});
  }

  void flush(Bytes& out) override { write(out, nullptr, -1); }

  void finish(Bytes& out, std::vector<Patch>& patches) override {
    flush(out);
    const size_t at = out.size();
    write_index(out);
    written_ += out.size() - at;
    Bytes duration;
    // What the header counts in milliseconds.
    duration.u64(static_cast<uint64_t>(std::max<int64_t>(0, longest_ms_)));
    patches.push_back({duration_at_, {duration.data(), duration.data() + duration.size()}});
  }

 private:
  Track* track_of(bool video) {
    const auto found = std::find_if(tracks_.begin(), tracks_.end(), [&](const Track& t) { return t.video == video; });
    return found == tracks_.end() ? nullptr : &*found;
  }
  /**
   * The first track decides where fragments end: pictures where there are any. Where they stop, sound does; and memory,
   * where time stands still.
   */
  bool is_due(const Track& track, int64_t dts_ns) const {
    constexpr int64_t longest_alone_ns = 2 * longest_piece_ns;
    constexpr size_t most_bytes = 16 << 20, most_samples = 4096;
    if (bytes_ > most_bytes || count_ > most_samples) return true;
    const bool leads = &track == tracks_.data();
    return !track.samples.empty() && dts_ns - begun_ns_ >= (leads ? longest_piece_ns : longest_alone_ns);
  }

  /**
   * One fragment. `next`: decoding time of what follows in the track `by`, which tells how long its last sample lasts;
   * without it nothing follows for now. With more to come, the last sample of the other track waits for the next
   * fragment in the same way.
   */
  void write(Bytes& out, const Track* by, int64_t next) {
    std::vector<Sample> waiting;
    Track* waits = nullptr;
    for (Track& track : tracks_) {
      if (!by || &track == by || track.samples.empty()) continue;
      waits = &track;
      waiting.push_back(std::move(track.samples.back()));
      track.samples.pop_back();
    }
    const auto is_empty = [](const Track& track) { return track.samples.empty(); };
    const bool nothing = std::all_of(tracks_.begin(), tracks_.end(), is_empty);
    if (!nothing) write_fragment(out, next, waits, waiting);
    for (Track& track : tracks_) track.samples.clear();
    count_ = waiting.size();
    bytes_ = waiting.empty() ? 0 : waiting.front().size;
    if (waits) waits->samples = std::move(waiting);
  }

  void write_fragment(Bytes& out, int64_t next, const Track* waits, const std::vector<Sample>& waiting) {
    const size_t from = out.size();
    out.box("moof").full_box("mfhd", 0, 0).u32(++sequence_).end();
    std::vector<size_t> offsets;
    for (Track& track : tracks_) {
      if (track.samples.empty()) continue;
      const int64_t end = &track == waits ? waiting.front().dts : next;
      offsets.push_back(write_track(out, track, end));
    }
    out.end();
    size_t data_at = out.size() - from + 8;
    size_t place = 0;
    for (const Track& track : tracks_) {
      if (track.samples.empty()) continue;
      out.set_u32(offsets[place++], static_cast<uint32_t>(data_at));
      for (const Sample& sample : track.samples) data_at += sample.size;
    }
    write_data(out);
    written_ += out.size() - from;
  }

  /** Returns where the place of its data stands. */
  size_t write_track(Bytes& out, Track& track, int64_t next) {
    constexpr uint32_t base_is_moof = 0x020000;
    constexpr uint32_t data_offset = 0x1, durations = 0x100, sizes = 0x200, flags = 0x400, compositions = 0x800;
    constexpr uint32_t key_sample = 0x02000000, other_sample = 0x01010000;
    const auto& samples = track.samples;
    out.box("traf");
    out.full_box("tfhd", 0, base_is_moof).u32(track.id).end();
    out.full_box("tfdt", 1, 0).u64(static_cast<uint64_t>(samples.front().dts)).end();
    out.full_box("trun", 1, data_offset | durations | sizes | (track.video ? flags | compositions : 0));
    out.u32(static_cast<uint32_t>(samples.size()));
    const size_t place = out.size();
    out.u32(0);
    for (size_t i = 0; i < samples.size(); ++i) {
      const Sample& sample = samples[i];
      const int64_t end = i + 1 < samples.size() ? samples[i + 1].dts : next;
      // The last of a stream lasts as long as the one before.
      const int64_t lasts = end > sample.dts ? end - sample.dts : end < 0 ? track.last_duration : 0;
      if (lasts > 0) track.last_duration = lasts;
      track.end = sample.dts + lasts;
      out.u32(static_cast<uint32_t>(std::min<int64_t>(lasts, UINT32_MAX))).u32(static_cast<uint32_t>(sample.size));
      if (track.video) out.u32(sample.key ? key_sample : other_sample).u32(static_cast<uint32_t>(sample.composition));
      if (track.video && sample.key)
        accesses_.push_back({static_cast<uint64_t>(sample.dts + std::max(0, sample.composition)), written_, i + 1});
      longest_ms_ = std::max(longest_ms_, (sample.dts + lasts) * 1000 / track.timescale);
    }
    out.end().end();
    return place;
  }

  void write_data(Bytes& out) {
    out.box("mdat");
    for (const Track& track : tracks_) {
      for (const Sample& sample : track.samples) {
        const MappedBuffer bytes(sample.data.get());
        out.add({bytes.data(), bytes.size()});
      }
    }
    out.end();
  }

  /** Where players that seek find the keyframes. */
  void write_index(Bytes& out) {
    if (tracks_.empty() || !tracks_.front().video) return;
    const size_t from = out.size();
    out.box("mfra").full_box("tfra", 1, 0).u32(tracks_.front().id).u32(two_byte_samples);
    out.u32(static_cast<uint32_t>(accesses_.size()));
    for (const Access& access : accesses_)
      out.u64(access.time).u64(access.moof_at).u8(1).u8(1).u16(static_cast<uint32_t>(access.sample));
    out.end().full_box("mfro", 0, 0).u32(static_cast<uint32_t>(out.size() - from + 4)).end().end();
  }

  static constexpr int aac_frame_samples = 1024;
  /** In `tfra`: numbers of tracks and fragments take one byte each, those of samples two. */
  static constexpr uint32_t two_byte_samples = 1;

  std::vector<Track> tracks_;  // pictures first
  std::vector<Access> accesses_;
  uint32_t sequence_ = 0;
  uint64_t written_ = 0;
  uint64_t duration_at_ = 0;
  int64_t begun_ns_ = 0;  // of the fragment that waits
  size_t count_ = 0;      // likewise
  size_t bytes_ = 0;
  int64_t longest_ms_ = 0;
};

}  // namespace

std::unique_ptr<Container> mp4(const Formats& formats, Bytes& out) { return std::make_unique<Mp4>(formats, out); }

}  // namespace rxgst::mux
