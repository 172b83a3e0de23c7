#include "record/segment_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "record/flv_file.h"

namespace rxgst::record {
namespace {

/** Servers and encoders round times. */
constexpr int64_t rounding_ns = 50'000'000;
/** Times that go back by less are a fault of rounding, … */
constexpr int64_t most_rounding_ns = 100'000'000;
/** … and by more than this, another stream. Sound between the two is lost alone; pictures move up. */
constexpr int64_t least_jump_ns = 1'000'000'000;
/** Without pictures for so long, sound is a stream of its own. */
constexpr int64_t without_pictures_ns = 5'000'000'000;
/** What a file of a container without pieces may lack at its end. */
constexpr int64_t write_every_ns = 250'000'000;
constexpr size_t write_every_bytes = 1 << 18;
/** Between the clock of a stream and that of this machine. */
constexpr int64_t most_drift_ms = 2000;

std::string name_of(const std::string& pattern, int64_t unix_ms) {
  const auto seconds = static_cast<time_t>(unix_ms / 1000);
  struct tm utc{};
  gmtime_r(&seconds, &utc);
  char name[1024];
  const size_t size = strftime(name, sizeof name, pattern.c_str(), &utc);
  return {name, size};
}

}  // namespace

int SegmentWriter::add(mux::Packet packet) {
  // A transport stream has no place for it.
  if (options_.kind == Kind::ts && packet.format->codec == mux::Codec::av1) {
    if (lost_++ == 0) GST_WARNING("a transport stream has no place for AV1: the recording has sound alone");
    return 0;
  }
  int error = 0;
  const auto take_one = [&](mux::Packet one) {
    if (error == 0) error = take(std::move(one));
  };
  const bool other_source = packet.source != source_;
  const int64_t back_ns = seen_[packet.video] ? newest_ns_[packet.video] - packet.dts_ns : 0;
  if (other_source || back_ns > least_jump_ns) {
    order_.release_all(take_one);
    cut_ = true;
    if (other_source) known_ = {};
    source_ = packet.source;
    seen_[0] = seen_[1] = false;
    last_picture_ns_ = packet.dts_ns;
  } else if (back_ns > most_rounding_ns && !packet.video) {
    lost_ += ever_;
    return 0;
  } else if (back_ns > 0) {
    packet.dts_ns += back_ns;
    packet.pts_ns = std::max(packet.pts_ns, packet.dts_ns);
  }
  seen_[packet.video] = true;
  newest_ns_[packet.video] = packet.dts_ns;
  if (error == 0) {
    note(packet);
    order_.add(std::move(packet));
    order_.release(take_one);
  }
  return error;
}

/** A segment declares its tracks before its first packet. */
void SegmentWriter::note(const mux::Packet& packet) {
  auto& known = packet.video ? known_.video : known_.audio;
  if (!same_format(known, packet.format)) known = packet.format;
}

bool SegmentWriter::begins(const mux::Packet& packet) const {
  if (packet.video ? !packet.key : known_.video != nullptr) return false;
  if (!container_ || cut_) return true;
  if (!same_format(formats_.video, known_.video) || !same_format(formats_.audio, known_.audio)) return true;
  return is_long(packet);
}

bool SegmentWriter::is_long(const mux::Packet& packet) const {
  return packet.dts_ns - base_ns_ >= options_.longest_ns - rounding_ns;
}

bool SegmentWriter::fits(const mux::Packet& packet) const {
  if (!container_ || cut_ || !same_format(packet.video ? formats_.video : formats_.audio, packet.format)) return false;
  // Sound that comes too late belongs to the segment before.
  return packet.dts_ns >= base_ns_ && container_->takes(packet);
}

int SegmentWriter::take(mux::Packet packet) {
  if (packet.video) {
    last_picture_ns_ = packet.dts_ns;
    known_.video = packet.format;
  } else if (packet.dts_ns - last_picture_ns_ >= without_pictures_ns && (!container_ || cut_ || is_long(packet))) {
    known_.video = nullptr;
  }
  if (begins(packet)) {
    if (const int error = end(); error != 0) return error;
    begin(packet);
  }
  if (!fits(packet)) {
    lost_ += ever_;
    return 0;
  }
  packet.dts_ns -= base_ns_;
  packet.pts_ns -= base_ns_;
  if (packet.video || !formats_.video) {
    if (packet.dts_ns > end_ns_) step_ns_ = packet.dts_ns - end_ns_;
    end_ns_ = packet.dts_ns;
  }
  const int64_t now_ns = packet.dts_ns;
  ++unwritten_;
  container_->add(std::move(packet), out_);
  const bool due = now_ns - written_ns_ >= write_every_ns || out_.size() >= write_every_bytes;
  // A header alone is no file: it would have nothing to play if it ended there.
  if (!due || out_.size() <= (is_open_ ? 0 : header_bytes_)) return 0;
  written_ns_ = now_ns;
  return write();
}

std::unique_ptr<mux::Container> SegmentWriter::make(mux::Bytes& out) const {
  switch (options_.kind) {
    case Kind::flv:
      return flv_file(formats_, out);
    case Kind::ts:
      return mux::transport_stream(formats_, out);
    default:
      return mux::mp4(formats_, out);
  }
}

void SegmentWriter::begin(const mux::Packet& packet) {
  formats_ = known_;
  cut_ = false;
  ever_ = true;
  is_open_ = false;
  begin_ms_ = unix_of(packet);
  base_ns_ = packet.dts_ns;
  end_ns_ = step_ns_ = written_ns_ = 0;
  container_ = make(out_);
  header_bytes_ = out_.size();
}

/** With its first pictures. */
int SegmentWriter::open() {
  if (const int error = check_room(options_.folder); error != 0) return error;
  if (const int error = file_.open(options_.folder, name_of(options_.pattern, begin_ms_)); error != 0) return error;
  is_open_ = true;
  events_.on_open(segment());
  return 0;
}

/** By the times of the stream, so that a segment begins where the one before it ended; packets come in bursts. */
int64_t SegmentWriter::unix_of(const mux::Packet& packet) {
  const int64_t stream_ms = packet.dts_ns / 1'000'000;
  if (std::abs(zero_ms_ + stream_ms - packet.unix_ms) > most_drift_ms) zero_ms_ = packet.unix_ms - stream_ms;
  return zero_ms_ + stream_ms;
}

Segment SegmentWriter::segment() const {
  return {file_.name(), begin_ms_, (end_ns_ + step_ns_) / 1'000'000, file_.bytes()};
}

int SegmentWriter::write() {
  if (!is_open_) {
    if (const int error = open(); error != 0) return fail(error);
  }
  if (file_.is_gone()) return fail(ENOENT);
  const int error = file_.append({out_.data(), out_.size()});
  out_.clear();
  if (error != 0) return fail(error);
  unwritten_ = 0;
  return 0;
}

int SegmentWriter::rest() {
  int error = 0;
  order_.release_all([&](mux::Packet packet) {
    if (error == 0) error = take(std::move(packet));
  });
  if (error != 0 || !container_) return error;
  container_->flush(out_);
  return write();
}

int SegmentWriter::finish() {
  if (const int error = rest(); error != 0) return error;
  return end();
}

int SegmentWriter::end() {
  if (!container_) return 0;
  std::vector<mux::Patch> patches;
  container_->finish(out_, patches);
  if (const int error = write(); error != 0) return error;
  // Without them the file plays as well, like one whose writer was killed.
  for (const auto& [at, bytes] : patches) file_.patch(at, bytes);
  leave();
  return 0;
}

int SegmentWriter::fail(int error) {
  out_.clear();
  lost_ += std::exchange(unwritten_, 0);
  if (container_) leave();
  return error;
}

void SegmentWriter::leave() {
  container_.reset();
  if (!std::exchange(is_open_, false)) return;
  bytes_ += file_.bytes();
  if (file_.bytes() > 0 && !file_.is_gone()) {
    events_.on_finish(segment());
  } else {
    if (!file_.is_gone()) file_.remove();
    events_.on_remove(segment());
  }
  file_ = SegmentFile();
}

}  // namespace rxgst::record
