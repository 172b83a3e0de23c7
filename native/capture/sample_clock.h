// Places audio by its sample count, corrected by timestamps. Arithmetic alone: no GStreamer, no JS, no clock.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

namespace rxgst {

/**
 * Sample n of a stream lies at n / rate; packets follow each other without a gap. A timestamp only decides where
 * samples are missing or come twice, and one timestamp alone decides nothing:
 *
 * - A packet whose time stands still belongs to a batch: all its packets carry the time of the first one. It says
 *   nothing; the first packet of the next batch does.
 * - A packet whose time is far from its place is kept until the next one comes and confirms the time or not. In batches
 *   the next batch confirms it.
 * - A small difference that stays on the mean of some packets is corrected: a clock drifts, or a file plays in a loop
 *   and loses half a packet at each repetition. Such differences add up, and people see 40 ms.
 *
 * Positions and counts are in samples per channel.
 */
class SampleClock {
 public:
  struct Laid {
    int64_t at;    // of the first sample that is kept
    int64_t hole;  // samples that are missing before it
    int64_t cut;   // samples of its beginning that are cut off, since they came before
  };

  bool started() const { return started_; }
  /** The position of the next sample. */
  int64_t position() const { return position_; }
  void set_rate(int rate) {
    if (started_ && rate != rate_) {
      const auto scaled = [&](int64_t at) {
        const __int128 wide = static_cast<__int128>(at) * rate;
        return static_cast<int64_t>(wide >= 0 ? wide / rate_ : -((-wide + rate_ - 1) / rate_));
      };
      // Never before the end of the samples at the old rate.
      position_ = -scaled(-position_);
      last_time_ = scaled(last_time_);
      last_count_ = scaled(last_count_);
      stood_ = scaled(stood_);
      batched_until_ = scaled(batched_until_);
      owed_ = scaled(owed_);
      beside_ = beside_ * rate / rate_;
    }
    rate_ = rate;
  }

  /** Nothing has been handed out yet: a packet that begins a batch lies where its time says. */
  void begin_at(int64_t time) {
    if (started_ && !stands_still(time)) position_ = time;
  }

  /**
   * Places a packet. `time` is the position that its timestamp gives; none: it follows the last packet. Returns none if
   * the packet must be kept.
   */
  std::optional<Laid> place(std::optional<int64_t> time, int64_t count) {
    if (!started_) {
      started_ = true;
      position_ = time.value_or(0);
      note(position_, count);
      return lay(0, 0, count);
    }
    if (owed_ > 0) return repay(time, count);
    if (!time) {
      last_count_ += count;
      return lay(0, 0, count);
    }
    const bool stands = stands_still(*time);
    note(*time, count);
    if (stands) {
      // Once may be the end of a loop; twice is a batch.
      if (position_ < stood_ + batch_repeat_s * rate_) batched_until_ = position_ + batch_memory_s * rate_;
      stood_ = position_;
      return lay(0, 0, count);
    }
    const int64_t beside = *time - position_;
    if (std::abs(beside) > far(count)) {
      const int64_t before = std::exchange(batch_beside_, 0);
      if (before != 0 && agree(beside, before, count)) return correct(beside, count);
      kept_ = {beside, count};
      return std::nullopt;
    }
    batch_beside_ = 0;
    beside_ += (static_cast<double>(beside) - beside_) / beside_packets;
    if (std::abs(beside_) <= static_cast<double>(near(count))) return lay(0, 0, count);
    const int64_t correction = std::llround(beside_);
    return correct(correction, count);
  }

  /** Places the kept packet after the next one has come with its time; none: no further packet comes. */
  Laid settle(std::optional<int64_t> next) {
    const auto [beside, count] = std::exchange(kept_, {});
    // A packet of the same batch only repeats the time of the first one.
    if (next && stands_still(*next))
      batch_beside_ = beside;
    else if (next && agree(*next - position_ - count, beside, count))
      return correct(beside, count);
    return lay(0, 0, count);
  }

 private:
  /**
   * FLV rounds to milliseconds, and encoders' times vary by a frame or two; a larger difference is a hole or an
   * overlap.
   */
  static constexpr int64_t far_ms = 60;
  static constexpr int64_t near_ms = 30;
  static constexpr double beside_packets = 8;
  /** How long a stream counts as a stream of batches. */
  static constexpr int64_t batch_memory_s = 10;
  static constexpr int64_t batch_repeat_s = 2;
  static constexpr int64_t never = -(int64_t{1} << 50);

  struct Kept {
    int64_t beside = 0;
    int64_t count = 0;
  };

  // The first packet of a batch begins anywhere within the unit that its time counts: up to one packet later.
  int64_t slack(int64_t count) const { return position_ < batched_until_ ? count : 0; }
  int64_t far(int64_t count) const { return far_ms * rate_ / 1000 + slack(count); }
  int64_t near(int64_t count) const { return near_ms * rate_ / 1000 + slack(count); }

  bool stands_still(int64_t time) const {
    const int64_t step = time - last_time_;
    return step >= 0 && step * 2 < last_count_;
  }
  void note(int64_t time, int64_t count) {
    last_time_ = time;
    last_count_ = count;
  }
  Laid lay(int64_t hole, int64_t cut, int64_t count) {
    const int64_t at = position_ + hole;
    position_ = at + count - cut;
    return {at, hole, cut};
  }
  bool agree(int64_t one, int64_t other, int64_t count) const { return std::abs(one - other) <= far(count) / 2; }
  Laid correct(int64_t by, int64_t count) {
    beside_ = 0;
    if (by >= 0) return lay(by, 0, count);
    const int64_t cut = std::min(-by, count);
    owed_ = -by - cut;
    return lay(0, cut, count);
  }
  /** An overlap that is longer than a packet continues in the next packets, as long as their times continue. */
  Laid repay(std::optional<int64_t> time, int64_t count) {
    if (time) {
      owed_ = std::min(owed_, std::max<int64_t>(0, position_ - *time));
      note(*time, count);
    }
    const int64_t cut = std::min(owed_, count);
    owed_ -= cut;
    return lay(0, cut, count);
  }

  int rate_ = 1;
  bool started_ = false;
  int64_t position_ = 0;
  int64_t last_time_ = 0;
  int64_t last_count_ = 0;
  int64_t stood_ = never;  // where a packet's time last stood still
  int64_t batched_until_ = never;
  int64_t owed_ = 0;
  double beside_ = 0;
  Kept kept_;
  int64_t batch_beside_ = 0;  // how far the first packet of the last batch was from its place; 0: not far
};

}  // namespace rxgst
