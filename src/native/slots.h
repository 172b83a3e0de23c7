// The slots of a wanted frame rate, and which of them a picture serves. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstdint>

namespace rxgst {

/** Slot k lies at k × d ÷ n seconds; all times in µs. */
struct Slots {
  static constexpr int64_t second = 1'000'000;
  int64_t n;
  int64_t d;

  int64_t time(int64_t slot) const { return slot * second * d / n; }
  int64_t duration() const { return second * d / n; }
  /** A picture serves every slot that falls due before the middle of its own time. */
  int64_t due(int64_t timestamp, int64_t lasts) const {
    return timestamp + std::min(duration(), std::max<int64_t>(lasts, 0)) / 2;
  }
  /** The one that lies nearest to a time. */
  int64_t nearest(int64_t timestamp) const { return (timestamp * n + second * d / 2) / (second * d); }
  /** The last one at or before a time that is not negative. */
  int64_t last(int64_t at) const {
    int64_t slot = at * n / (second * d);
    while (time(slot) > at) --slot;
    while (time(slot + 1) <= at) ++slot;
    return slot;
  }
};

}  // namespace rxgst
