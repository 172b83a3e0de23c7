// The slots of a wanted frame rate, and the slots that a picture serves. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstdint>

#include "gst/time_units.h"

namespace rxgst {

/**
 * Slot k lies at k × d ÷ n seconds; all times are in µs. Products use 128 bits: with 64, an NTSC rate overflows after
 * two years of stream time, which a peer can claim within hours. Nothing here loops.
 */
struct Slots {
  int64_t n;
  int64_t d;

  int64_t time(int64_t slot) const { return narrow(wide(slot) * us_per_s * d / n); }
  int64_t duration() const { return us_per_s * d / n; }
  /** A picture serves every slot that is due before the middle of its own duration. */
  int64_t due(int64_t timestamp, int64_t lasts) const {
    return timestamp + std::min(duration(), std::max<int64_t>(lasts, 0)) / 2;
  }
  /** The slot that is nearest to a time that is not negative. */
  int64_t nearest(int64_t timestamp) const {
    return narrow((wide(timestamp) * n + us_per_s * d / 2) / (wide(us_per_s) * d));
  }
  /** The last slot at or before a time that is not negative: the largest k with ⌊k × d ÷ n⌋ ≤ at. */
  int64_t last(int64_t at) const { return narrow(((wide(at) + 1) * n - 1) / (wide(us_per_s) * d)); }

 private:
  static constexpr __int128 wide(int64_t value) { return value; }
  /** Limited to half of 64 bits: comparisons keep their order. */
  static constexpr int64_t narrow(__int128 value) {
    constexpr __int128 most = INT64_MAX / 2;
    return static_cast<int64_t>(std::clamp<__int128>(value, -most, most));
  }
};

}  // namespace rxgst
