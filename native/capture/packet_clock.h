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
  /**
   * How far the timestamps may be ahead of the time that has passed, in steps that are each no jump. A server that
   * sends a recording as fast as it goes is hours ahead; what is further makes no sense, and would in the end leave 64
   * bits. ns.
   */
  static constexpr int64_t ahead = 24 * 3'600'000'000'000;

  /** Where a packet with this decoding time lies (ns); `now` is its arrival, µs. What comes out is not negative. */
  int64_t place(Track track, int64_t dts, int64_t now) {
    auto& own = tracks_[static_cast<size_t>(track)];
    const int64_t passed = last_ ? std::max<int64_t>(0, now - arrival_) * 1000 : 0;
    if (!last_) {
      begin_arrival_ = now;
      if (dts < 0 || dts > latest_begin) latest_ = minus(0, dts);
      begin_ = plus(dts, latest_);
    }
    if (!own.last) own.offset = latest_;
    const int64_t most = begin_ + std::max<int64_t>(0, now - begin_arrival_) * 1000 + ahead;
    const auto fits = [&](int64_t offset) {
      const int64_t at = plus(dts, offset);
      if (at < 0 || at > most) return false;
      if (!own.last) return true;
      const int64_t moved = at - *own.last;
      const int64_t waited = std::max<int64_t>(0, now - own.arrival) * 1000;
      // Far ahead of itself, but not of the other track: it follows that one over a pause.
      return moved >= -backward && (moved <= forward + waited || (offset != own.offset && at <= *last_ + forward));
    };
    if (!fits(own.offset)) {
      if (own.offset == latest_ || !fits(latest_)) {
        const int64_t next = *last_ + std::max(step, passed);
        latest_ = minus(next <= most ? next : *last_ + passed, dts);
        ++jumps_;
      }
      own.offset = latest_;
    }
    const int64_t placed = plus(dts, own.offset);
    own.last = placed;
    own.arrival = now;
    last_ = last_ ? std::max(*last_, placed) : placed;
    arrival_ = now;
    return placed;
  }

  /** How often the timestamps began anew. */
  uint32_t jumps() const { return jumps_; }

  /** The peer's clock wraps as 64 bits do, whatever it says. */
  static int64_t plus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
  static int64_t minus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  }

 private:
  /** A connection that begins later, 36 years, begins at zero. ns. */
  static constexpr int64_t latest_begin = int64_t{1} << 60;

  struct State {
    std::optional<int64_t> last;
    int64_t arrival = 0;
    int64_t offset = 0;
  };
  std::array<State, 2> tracks_;
  int64_t begin_ = 0;  // where the first packet lies
  int64_t begin_arrival_ = 0;
  std::optional<int64_t> last_;  // the furthest of both
  int64_t arrival_ = 0;          // of the newest of both
  int64_t latest_ = 0;
  uint32_t jumps_ = 0;
};

}  // namespace rxgst
