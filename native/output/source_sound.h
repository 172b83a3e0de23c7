// Where a source's sound belongs that comes without its pictures.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace rxgst {

/**
 * A source's pictures say which of its timestamps is which time of the output: each anchor holds from its picture's
 * timestamp on, also for sound that comes after a later one. Sound without such pictures, because there are none or
 * they have another source, gets an offset of its own.
 *
 * Times are µs: timestamps of the source, times of the output, and `now` of one clock. One thread.
 */
class SourceSound {
 public:
  /** A chunk of sound, with the state of the output that gets it. */
  struct Chunk {
    int64_t timestamp_us = 0;
    int64_t length_us = 0;
  };
  struct Output {
    int64_t now_us = 0;
    /** Time of the next picture. */
    int64_t next_us = 0;
    /** Where the sound ends that is laid already. */
    int64_t end_us = 0;
    /** Whether a clock runs. Without one, pictures may come at any time. */
    bool paced = true;
  };
  enum class Verdict : uint8_t { lay, wait, cut };
  struct Answer {
    Verdict verdict;
    /** Where it is laid, output time; none: nothing says so yet. */
    std::optional<int64_t> at_us;
  };

  /** A picture's timestamp stands for this time minus it, from now on. */
  void anchor(int64_t timestamp_us, int64_t offset_us) {
    if (!anchors_.empty() && timestamp_us < anchors_.back().from_us) anchors_.clear();
    if (anchors_.size() == most_anchors) anchors_.pop_front();
    anchors_.push_back({timestamp_us, offset_us});
  }

  /** A picture with a timestamp left. */
  void note_picture(int64_t now_us) { picture_us_ = now_us; }
  /** Sound has come. */
  void note_sound(int64_t now_us) { sound_us_ = now_us; }

  Answer place(const Chunk& chunk, const Output& output) {
    if (const auto at = by_pictures(chunk, output)) {
      strange_since_us_ = 0;
      own_.reset();
      if (*at - output.next_us > lead_us) return {Verdict::wait, at};
      const int64_t late_us = std::max<int64_t>(output.next_us - *at, 0);
      late_us_ = std::max(late_us_ - late_us_ / late_fades, late_us);
      return {Verdict::lay, at};
    }
    if (own_) {
      const int64_t at = chunk.timestamp_us + own_->offset_us;
      const int64_t ahead_us = output.paced ? at - output.next_us : 0;
      if (ahead_us > most_own_ahead_us || is_past(at, chunk, output)) return begin_own(chunk, output);
      return {ahead_us > lead_us ? Verdict::wait : Verdict::lay, at};
    }
    if (strange_since_us_ == 0) strange_since_us_ = output.now_us;
    if (output.now_us - strange_since_us_ >= alone_after_us) return begin_own(chunk, output);
    // What is late is over. For the rest, its pictures may say within a moment where it belongs.
    const bool late = !anchors_.empty() && chunk.timestamp_us + offset_at(chunk.timestamp_us) < output.next_us;
    return {late ? Verdict::cut : Verdict::wait, std::nullopt};
  }

  /** Until when a chunk without a place waits for pictures. */
  int64_t wait_until_us() const { return strange_since_us_ == 0 ? INT64_MAX : strange_since_us_ + alone_after_us; }

  /** How long after a picture its sound may still come, before silence takes its place: as late as it is, and some. */
  int64_t grace_us() const { return std::max(shortest_grace_us, late_us_ + grace_margin_us); }

  /** Whether more sound of the source is to be expected. */
  bool flows(int64_t now_us) const { return sound_us_ != 0 && now_us - sound_us_ <= grace_us(); }

 private:
  struct Anchor {
    int64_t from_us, offset_us;
  };
  struct Own {
    int64_t offset_us, since_us;
  };

  /** Sound may be laid this far ahead of the pictures. What is laid cannot be taken back. */
  static constexpr int64_t lead_us = 300'000;
  /** Slow decoders keep pictures for longer than their sound. What is further ahead is another source's. */
  static constexpr int64_t most_ahead_us = 3'000'000, most_own_ahead_us = 1'000'000;
  static constexpr int64_t most_behind_us = 1'000'000;
  /** A source that has had no fitting picture for this time is one of sound alone. */
  static constexpr int64_t alone_after_us = 500'000;
  static constexpr int64_t shortest_grace_us = 300'000, grace_margin_us = 100'000;
  /** Chunks after which a lateness that has passed counts for a third. */
  static constexpr int64_t late_fades = 512;
  /** Each is a time in which the clock filled slots. */
  static constexpr size_t most_anchors = 64;

  int64_t offset_at(int64_t timestamp_us) const {
    for (auto it = anchors_.rbegin(); it != anchors_.rend(); ++it)
      if (it->from_us <= timestamp_us) return it->offset_us;
    return anchors_.front().offset_us;
  }

  /** The place that the pictures give it; none: they are another source's, or have ended. */
  std::optional<int64_t> by_pictures(const Chunk& chunk, const Output& output) const {
    if (anchors_.empty()) return std::nullopt;
    const int64_t at = chunk.timestamp_us + offset_at(chunk.timestamp_us);
    const int64_t ahead_us = at - output.next_us;
    if (ahead_us < -most_behind_us || (output.paced && ahead_us > most_ahead_us)) return std::nullopt;
    const bool ended = output.paced && output.now_us - picture_us_ >= alone_after_us;
    // Without pictures nothing brings sound back that has fallen behind.
    if (ended && is_past(at, chunk, output)) return std::nullopt;
    if (own_ && picture_us_ <= own_->since_us) return std::nullopt;
    return at;
  }

  /** Whether nothing of it would be heard. */
  static bool is_past(int64_t at, const Chunk& chunk, const Output& output) {
    return at + chunk.length_us <= output.end_us;
  }

  Answer begin_own(const Chunk& chunk, const Output& output) {
    strange_since_us_ = 0;
    const int64_t at = std::max(output.next_us, output.end_us);
    own_ = {at - chunk.timestamp_us, output.now_us};
    return {Verdict::lay, at};
  }

  std::deque<Anchor> anchors_;  // their timestamps rise
  std::optional<Own> own_;
  int64_t picture_us_ = 0;
  int64_t sound_us_ = 0;
  int64_t strange_since_us_ = 0;  // since when sound has come that fits no pictures
  int64_t late_us_ = 0;
};

}  // namespace rxgst
