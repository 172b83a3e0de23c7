// Measures how long a condition lasts (black, frozen, silent), by the stream's own timestamps.
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

namespace rxgst {

enum class IntervalKind : uint8_t { freeze = 0, black = 1, silence = 2 };

/** An interval that has ended, in ns. */
struct EndedInterval {
  IntervalKind kind;
  int64_t start;
  int64_t end;
};

/** The intervals that have ended since JS last asked. Bounded: the oldest are dropped. Shorter ones do not count. */
class EndedIntervals {
 public:
  static constexpr int64_t shortest_ns = 500'000'000;
  void add(IntervalKind kind, int64_t start, int64_t end) {
    if (end - start < shortest_ns) return;
    list_.push_back({kind, start, end});
    if (list_.size() > most) list_.pop_front();
  }
  std::vector<EndedInterval> take() {
    std::vector<EndedInterval> result(list_.begin(), list_.end());
    list_.clear();
    return result;
  }

 private:
  static constexpr size_t most = 64;
  std::deque<EndedInterval> list_;
};

/** One condition over time. A clock that goes back, or jumps by more than ten seconds, adds nothing to the interval. */
class Interval {
 public:
  explicit Interval(IntervalKind kind) : kind_(kind) {}
  /** From `at` to `until` the condition held, or not. `since`: it has held since then, which is only known now. */
  void put(int64_t at, int64_t until, bool so, EndedIntervals& ended, int64_t since = INT64_MAX) {
    if (begun_ && (at < start_ || at < last_ - jump_ns || at > last_ + jump_ns)) {
      // Another clock: the present interval continues by it.
      start_ += at - last_;
    }
    if (so && !begun_) {
      begun_ = true;
      start_ = std::min(at, since);
    } else if (!so && begun_) {
      begun_ = false;
      ended.add(kind_, start_, at);
    }
    last_ = until;
  }
  /** s; 0: the condition does not hold. */
  double seconds() const { return begun_ ? static_cast<double>(last_ - start_) / 1e9 : 0; }
  /** A new connection: an interval ends where it was last seen. */
  void reset(EndedIntervals& ended) {
    if (begun_) ended.add(kind_, start_, last_);
    begun_ = false;
  }

 private:
  static constexpr int64_t jump_ns = 10'000'000'000;
  IntervalKind kind_;
  bool begun_ = false;
  int64_t start_ = 0;
  int64_t last_ = 0;
};

}  // namespace rxgst
