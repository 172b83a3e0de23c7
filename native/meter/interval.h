// How long something has been so: black, frozen, silent. By the stream's own timestamps.
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

namespace rxgst {

enum class IntervalKind : uint8_t { freeze = 0, black = 1, silence = 2 };

/** One that has ended, ns. */
struct EndedInterval {
  IntervalKind kind;
  int64_t start;
  int64_t end;
};

/** What has ended since JS last asked; bounded, the oldest go. Shorter ones nobody calls black, frozen or silent. */
class EndedIntervals {
 public:
  static constexpr int64_t shortest = 500'000'000;
  void add(IntervalKind kind, int64_t start, int64_t end) {
    if (end - start < shortest) return;
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

/** One condition over time. A clock that goes back, or jumps by more than ten seconds, adds nothing to what has lasted.
 */
class Interval {
 public:
  explicit Interval(IntervalKind kind) : kind_(kind) {}
  /** From `at` to `until` it was so, or not. `since`: it has been so since then, which is known only now. */
  void put(int64_t at, int64_t until, bool so, EndedIntervals& ended, int64_t since = INT64_MAX) {
    if (begun_ && (at < start_ || at < last_ - jump || at > last_ + jump)) {
      // Another clock: what has lasted until now goes on by it.
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
  /** s; 0: it is not so. */
  double seconds() const { return begun_ ? static_cast<double>(last_ - start_) / 1e9 : 0; }
  /** A new connection. What lasted ends where it was last seen. */
  void reset(EndedIntervals& ended) {
    if (begun_) ended.add(kind_, start_, last_);
    begun_ = false;
  }

 private:
  static constexpr int64_t jump = 10'000'000'000;
  IntervalKind kind_;
  bool begun_ = false;
  int64_t start_ = 0;
  int64_t last_ = 0;
};

}  // namespace rxgst
