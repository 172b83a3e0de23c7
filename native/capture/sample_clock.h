// Where sound lies, by its samples and by what timestamps say. Arithmetic alone: no GStreamer, no JS, no clock.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

namespace rxgst {

/**
 * Sample n of a stream lies at n / rate; packets are laid one behind the other. Their timestamps decide only where
 * samples are missing or come twice, and need to say so more than once:
 *
 * - A packet whose time stands still belongs to a batch, whose packets all carry the time of its first. It says
 *   nothing; the packet that begins the next batch does.
 * - A packet that lies far beside its place is kept until the next one has come, which says the same or something
 *   else. In batches it is the next batch that says so.
 * - What stays beside its time on the mean of some packets is put right: a clock that drifts, or a file that is played
 *   in a loop and loses half a packet at each joint. It adds up, and people see 40 ms.
 *
 * Positions and counts are in samples per channel.
 */
class SampleClock {
 public:
  struct Laid {
    int64_t at;    // of the first sample that stays
    int64_t hole;  // samples that are missing before it
    int64_t cut;   // samples of its beginning that came before
  };

  bool started() const { return started_; }
  /** Of the next sample. */
  int64_t position() const { return position_; }
  void set_rate(int rate) {
    if (started_ && rate != rate_) {
      const auto scaled = [&](int64_t at) {
        const __int128 wide = static_cast<__int128>(at) * rate;
        return static_cast<int64_t>(wide >= 0 ? wide / rate_ : -((-wide + rate_ - 1) / rate_));
      };
      // Never before the end of what was laid at the rate before.
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

  /** While nothing has been heard, a packet that begins something lies where its time says, whatever came before. */
  void begin_at(int64_t time) {
    if (started_ && !stands_still(time)) position_ = time;
  }

  /** A packet, and the position that its timestamp says; none: it goes on. Returns none for one that has to be kept. */
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
      // Once is a joint.
      if (position_ < stood_ + twice_within_s * rate_) batched_until_ = position_ + remembered_s * rate_;
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

  /** Where the kept packet lies, now that the next one has come, with its time; none: no more comes. */
  Laid settle(std::optional<int64_t> next) {
    const auto [beside, count] = std::exchange(kept_, {});
    // Of one batch it only repeats what the first said.
    if (next && stands_still(*next))
      batch_beside_ = beside;
    else if (next && agree(*next - position_ - count, beside, count))
      return correct(beside, count);
    return lay(0, 0, count);
  }

 private:
  /** FLV rounds to milliseconds, encoders' times shake by a frame or two; anything beyond is a hole or an overlap. */
  static constexpr int64_t far_ms = 60;
  static constexpr int64_t near_ms = 30;
  static constexpr double beside_packets = 8;
  /** How long a stream counts as one of batches. */
  static constexpr int64_t remembered_s = 10;
  static constexpr int64_t twice_within_s = 2;
  static constexpr int64_t never = -(int64_t{1} << 50);

  struct Kept {
    int64_t beside = 0;
    int64_t count = 0;
  };

  // The first packet of a batch begins anywhere within the unit that its time is counted in: up to a packet later.
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
  /** An overlap that is longer than a packet goes on in the next ones, as long as their time goes on. */
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
  int64_t stood_ = never;  // where a packet's time stood still last
  int64_t batched_until_ = never;
  int64_t owed_ = 0;
  double beside_ = 0;
  Kept kept_;
  int64_t batch_beside_ = 0;  // how far the first packet of the batch before lay beside its place; 0: not far
};

}  // namespace rxgst
