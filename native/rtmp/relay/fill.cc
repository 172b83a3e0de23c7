#include "rtmp/relay/fill.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rtmp/relay/aac_silence.h"
#include "rtmp/tags/tag_reader.h"
#include "rtmp/tags/tag_writer.h"

namespace rxgst::rtmp {

namespace {

/** So much silence is given later: of more, the machine stood still, or the input had no sound any more. */
constexpr int64_t most_late_ms = 1'000;
/** A picture that is to be shown so much later than now has a wild time of composition, and nobody waits for it. */
constexpr int64_t most_early_ms = 10'000;
/** Of sound: a stream may claim 256, and each of them is sent 47 times a second. */
constexpr size_t most_silences = 16;
/** AAC-LC, 48 kHz, stereo: where no input has said what its sound is. */
constexpr std::array<uint8_t, 2> usual_sound{0x11, 0x90};

std::pair<Seen, Payload> message_of(Frame frame, Content content, Bytes body) {
  std::vector<uint8_t> bytes;
  if (const auto header = write_tag_header(frame)) bytes.assign(header->view().begin(), header->view().end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  const bool key = frame.video && content == Content::media && frame.key;
  auto payload = Payload::of(std::move(bytes));
  // Whoever is no server of RTMP takes the body alone.
  frame.payload = payload.bytes.last(body.size());
  return {Seen{content, frame.video, key, frame}, std::move(payload)};
}

/** A frame in the same track and with the same kind of header. */
Frame like(const Frame& frame, FrameKind kind, bool key) {
  Frame it = frame;
  it.kind = kind;
  it.key = key;
  it.disposable = false;
  it.composition_ms = 0;
  it.nano = 0;
  return it;
}

const StreamRecords::Record* configuration(const StreamRecords& records, uint8_t track) {
  const auto found = std::ranges::find_if(records.records(), [&](const StreamRecords::Record& it) {
    return it.kind == MediaKind::video && it.what == FrameKind::config && it.track == track;
  });
  return found == records.records().end() ? nullptr : &*found;
}

bool same(Bytes one, Bytes other) { return std::ranges::equal(one, other); }

Frame first_frame(bool video, Bytes message) {
  Frame frame;
  TagReader(video, message).next(&frame);
  return frame;
}

}  // namespace

void Fill::give_up() {
  mode_ = FillMode::none;
  stop();
  slate_.reset();
  key_.reset();
  key_record_.reset();
  records_.clear();
}

void Fill::stop() {
  running_ = false;
  counters_.since_us = 0;
  pictures_.clear();
  silences_.clear();
}

bool Fill::note(const Seen& seen, const Payload& payload, const StreamRecords& records, int64_t time_ms) {
  heard_ = true;
  if (seen.video && seen.content == Content::media)
    shown_ms_ = std::max(shown_ms_, time_ms + seen.frame.composition_ms);
  if (!seen.key && seen.content != Content::record && seen.content != Content::metadata) return false;
  records_ = records;
  if (!seen.key) return false;
  // Of several tracks the first: players show that one, and a slate can fit one alone.
  if (key_ && seen.frame.track > key_->first.frame.track && configuration(records_, key_->first.frame.track))
    return false;
  // The configuration of the last keyframe, not the last configuration: that came before this keyframe, too.
  const auto* const present = configuration(records_, seen.frame.track);
  const bool equal =
      key_record_ && present ? same(key_record_->bytes, present->payload.bytes) : !key_record_ && !present;
  const bool goes_on = key_ && key_->first.frame.codec == seen.frame.codec && equal;
  key_ = {seen, payload};
  key_record_.reset();
  if (present) key_record_ = present->payload;
  if (goes_on) return false;
  ++serial_;
  slate_.reset();
  return true;
}

std::optional<Fill::Picture> Fill::picture() const {
  if (!key_) return {};
  const Frame& frame = key_->first.frame;
  Picture it{frame.codec, {}, key_->second, {}, frame.payload};
  if (key_record_) {
    it.record_message = *key_record_;
    it.record = first_frame(true, key_record_->bytes).payload;
  }
  return it;
}

bool Fill::set_slate(uint32_t serial, Slate slate) {
  if (mode_ != FillMode::slate || serial != serial_ || slate.pictures.empty()) return false;
  slate_ = std::move(slate);
  if (running_) choose_pictures();
  return true;
}

bool Fill::shows_slate() const {
  return mode_ == FillMode::slate && slate_ && (!key_ || slate_->codec == key_->first.frame.codec);
}

bool Fill::can_begin() const { return is_wanted() && (has_pictures() || !records_.records().empty()); }

void Fill::begin(const ProgramClock& clock, int64_t now_us) {
  running_ = true;
  ++counters_.fills;
  counters_.since_us = now_us;
  choose_pictures();
  choose_sound(clock, now_us);
  next_picture_us_ = next_sound_us_ = now_us;
}

void Fill::restart(int64_t now_us) {
  next_picture_ = 0;
  next_picture_us_ = now_us;
}

void Fill::choose_pictures() {
  given_records_ = records_;
  pictures_.clear();
  next_picture_ = 0;
  renewed_ = true;
  counters_.slate = has_pictures() && shows_slate();
  if (!has_pictures()) return;
  if (!counters_.slate) {
    if (key_) pictures_.push_back(*key_);
    if (key_record_) given_records_.note(MediaKind::video, first_frame(true, key_record_->bytes), *key_record_);
    return;
  }
  Frame frame;
  frame.video = true;
  frame.codec = slate_->codec;
  if (key_) frame = key_->first.frame;
  const auto record = message_of(like(frame, FrameKind::config, true), Content::record, slate_->record);
  given_records_.note(MediaKind::video, record.first.frame, record.second);
  for (const auto& picture : slate_->pictures)
    pictures_.push_back(message_of(like(frame, FrameKind::media, pictures_.empty()), Content::media, picture));
}

void Fill::choose_sound(const ProgramClock& clock, int64_t now_us) {
  silences_.clear();
  counters_.sound_stops = false;
  if (!heard_) {
    Frame frame;
    frame.codec = Codec::aac;
    const auto record = message_of(like(frame, FrameKind::config, false), Content::record, usual_sound);
    records_.note(MediaKind::audio, record.first.frame, record.second);
    given_records_.note(MediaKind::audio, record.first.frame, record.second);
  }
  const int64_t now_ms = clock.now_ms(now_us);
  const int64_t last_ms = clock.last_ms(false);
  const bool sounded = last_ms > now_ms - most_late_ms;
  for (const StreamRecords::Record& it : records_.records()) {
    if (it.kind != MediaKind::audio || it.what != FrameKind::config) continue;
    const Frame frame = first_frame(false, it.payload.bytes);
    const auto silence = frame.codec == Codec::aac ? aac_silence(frame.payload) : std::nullopt;
    if (!silence) continue;
    if (silences_.size() == most_silences) break;
    auto message = message_of(like(frame, FrameKind::media, false), Content::media, silence->block);
    Silence track{std::move(message.second), message.first, silence->rate, silence->samples, now_ms};
    if (sounded) track.base_ms = last_ms + track.time_ms(1) - now_ms;
    silences_.push_back(std::move(track));
  }
  counters_.sound_stops = sounded && silences_.empty();
}

void Fill::add_silence(std::vector<Filled>* out, ProgramClock* clock, int64_t now_us) {
  const int64_t now_ms = clock->now_ms(now_us);
  for (Silence& it : silences_) {
    if (now_ms - it.time_ms(it.count) > most_late_ms) {
      it.base_ms = now_ms;
      it.count = 0;
    }
    // A packet leaves when all of it is past: it never lies over what an input brings.
    for (; it.time_ms(it.count + 1) <= now_ms; ++it.count) {
      const int64_t time_ms = it.time_ms(it.count);
      clock->fill(false, time_ms, now_us);
      out->push_back({MediaKind::audio, it.seen, time_ms, it.payload, pictures_.empty()});
    }
  }
}

void Fill::add_picture(std::vector<Filled>* out, ProgramClock* clock, int64_t now_us) {
  const auto& [seen, payload] = pictures_[next_picture_];
  next_picture_ = (next_picture_ + 1) % pictures_.size();
  // What an input with B-frames sent last may be shown a little later than now.
  const int64_t after_ms = seen.frame.composition_ms;
  const int64_t now_ms = clock->now_ms(now_us);
  const int64_t wanted_ms = std::max(now_ms + after_ms, shown_ms_ + 1) - after_ms;
  const int64_t time_ms = std::max(wanted_ms > now_ms + most_early_ms ? now_ms : wanted_ms, clock->last_ms(true) + 1);
  shown_ms_ = time_ms + after_ms;
  clock->fill(true, time_ms, now_us);
  ++counters_.repeated;
  out->push_back({MediaKind::video, seen, time_ms, payload, seen.key});
}

std::vector<Filled> Fill::due(ProgramClock* clock, int64_t now_us) {
  std::vector<Filled> out;
  if (!running_) return out;
  if (now_us >= next_sound_us_) {
    add_silence(&out, clock, now_us);
    next_sound_us_ = now_us + sound_step_us;
  }
  if (!pictures_.empty() && now_us >= next_picture_us_) {
    add_picture(&out, clock, now_us);
    next_picture_us_ += picture_step_us;
    // Those of a time when the machine stood still are left out.
    if (next_picture_us_ <= now_us) next_picture_us_ = now_us + picture_step_us;
  }
  return out;
}

std::vector<Filled> Fill::end(ProgramClock* clock, int64_t now_us) {
  std::vector<Filled> out;
  if (!running_) return out;
  add_silence(&out, clock, now_us);
  stop();
  return out;
}

int64_t Fill::next_us() const {
  if (!running_) return 0;
  const int64_t picture_us = pictures_.empty() ? INT64_MAX : next_picture_us_;
  const int64_t sound_us = silences_.empty() ? INT64_MAX : next_sound_us_;
  const int64_t first_us = std::min(picture_us, sound_us);
  return first_us == INT64_MAX ? 0 : first_us;
}

}  // namespace rxgst::rtmp
