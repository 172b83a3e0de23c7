// Timestamps of one connection's packets, made to go on. Arithmetic alone: no GStreamer, no JS, no time of its own.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace rxgst {

enum class Track : size_t { video = 0, audio = 1 };

/**
 * A publisher that starts anew behind the same server connection begins at zero again, others jump by days. Picture and
 * sound jump one after the other, with packets of the old time in between; both must be moved by the same amount, or
 * they come apart. So the first track that jumps decides the new offset, and the other takes it when it jumps too.
 * Streaming thread of the demuxer.
 */
class PacketClock {
 public:
  /** Going back further than this is a jump; less is a source that reorders or repeats. ns. */
  static constexpr int64_t backward = 1'000'000'000;
  /** Ahead further than this, and than the time that passed, is a jump; less is a hole. Players wait no longer. ns. */
  static constexpr int64_t forward = 10'000'000'000;
  /** Between two packets at a jump, where no time passed. ns. */
  static constexpr int64_t step = 20'000'000;

  /** Where a packet with this decoding time lies (ns); `now` is its arrival, µs. */
  int64_t place(Track track, int64_t dts, int64_t now) {
    auto& own = tracks_[static_cast<size_t>(track)];
    const int64_t passed = last_ ? std::max<int64_t>(0, now - arrival_) * 1000 : 0;
    const auto fits = [&](int64_t offset) {
      if (!own.last) return true;
      const int64_t moved = dts + offset - *own.last;
      const int64_t waited = std::max<int64_t>(0, now - own.arrival) * 1000;
      // Far ahead of itself, but not of the other track: it follows that one over a pause.
      return moved >= -backward && (moved <= forward + waited || (offset != own.offset && dts + offset <= *last_ + forward));
    };
    if (!fits(own.offset)) {
      if (own.offset == latest_ || !fits(latest_)) {
        latest_ = *last_ + std::max(step, passed) - dts;
        ++jumps_;
      }
      own.offset = latest_;
    } else if (!own.last) {
      own.offset = latest_;
    }
    const int64_t placed = dts + own.offset;
    own.last = placed;
    own.arrival = now;
    last_ = last_ ? std::max(*last_, placed) : placed;
    arrival_ = now;
    return placed;
  }

  /** How often the timestamps began anew. */
  uint32_t jumps() const { return jumps_; }

 private:
  struct State {
    std::optional<int64_t> last;
    int64_t arrival = 0;
    int64_t offset = 0;
  };
  std::array<State, 2> tracks_;
  std::optional<int64_t> last_;  // the furthest of both
  int64_t arrival_ = 0;          // of the newest of both
  int64_t latest_ = 0;
  uint32_t jumps_ = 0;
};

}  // namespace rxgst
