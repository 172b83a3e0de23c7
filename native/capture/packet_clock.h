// Makes one connection's packet timestamps continuous. Arithmetic alone: no GStreamer, no JS, no time of its own.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace rxgst {

enum class Track : size_t { video = 0, audio = 1 };

/**
 * A publisher that starts again behind the same server connection begins at zero again, and other publishers jump by
 * days. Pictures and audio jump one after the other, with packets of the old time in between. Both must move by the
 * same amount, or they lose their sync. So the first track that jumps sets the new offset, and the other track takes it
 * when it jumps too. Streaming thread of the demuxer.
 */
class PacketClock {
 public:
  /** A longer way back is a jump; a shorter one is a source that reorders or repeats. */
  static constexpr int64_t max_backward_ns = 1'000'000'000;
  /**
   * A longer way ahead than this plus the time that has passed is a jump; a shorter one is a hole. Players wait
   * no longer.
   */
  static constexpr int64_t max_gap_ns = 10'000'000'000;
  /** The distance of two packets at a jump during which no time has passed. */
  static constexpr int64_t jump_step_ns = 20'000'000;
  /**
   * How far timestamps may run ahead of real time in steps that are no jump. A server that sends a recording as fast as
   * possible runs hours ahead; a longer lead makes no sense, and would at last exceed 64 bits.
   */
  static constexpr int64_t max_ahead_ns = 24 * 3'600'000'000'000;

  /** The time (ns) of a packet with this decoding time; `now` is its arrival in µs. The result is never negative. */
  int64_t place(Track track, int64_t dts, int64_t now) {
    auto& own = tracks_[static_cast<size_t>(track)];
    const int64_t passed = last_ ? std::max<int64_t>(0, now - arrival_) * 1000 : 0;
    if (!last_) {
      begin_arrival_ = now;
      if (dts < 0 || dts > max_begin_ns) offset_ = minus(0, dts);
      begin_ = plus(dts, offset_);
    }
    if (own.period != own.begun) {
      own.begun = own.period;
      if (own.period > period_) {
        period_ = own.period;
        if (last_) {
          offset_ = minus(*last_ + jump_step_ns, dts);
          ++jumps_;
        }
      }
      own.last.reset();
    }
    if (!own.last) own.offset = offset_;
    const int64_t most = begin_ + std::max<int64_t>(0, now - begin_arrival_) * 1000 + max_ahead_ns;
    const auto fits = [&](int64_t offset) {
      const int64_t at = plus(dts, offset);
      if (at < 0 || at > most) return false;
      if (!own.last) return true;
      const int64_t moved = at - *own.last;
      const int64_t waited = std::max<int64_t>(0, now - own.arrival) * 1000;
      // Far ahead of its own track, but not of the other one: it follows that track after a pause.
      return moved >= -max_backward_ns &&
             (moved <= max_gap_ns + waited || (offset != own.offset && at <= *last_ + max_gap_ns));
    };
    if (!fits(own.offset)) {
      if (own.offset == offset_ || !fits(offset_)) {
        const int64_t next = *last_ + std::max(jump_step_ns, passed);
        offset_ = minus(next <= most ? next : *last_ + passed, dts);
        ++jumps_;
      }
      own.offset = offset_;
    }
    const int64_t placed = plus(dts, own.offset);
    own.last = placed;
    own.arrival = now;
    last_ = last_ ? std::max(*last_, placed) : placed;
    arrival_ = now;
    return placed;
  }

  /**
   * The source says that the timestamps of this track begin anew with its next packet. It follows what came, however
   * near or far its own time is. Both tracks begin anew together: the first one that does sets the offset.
   */
  void renew(Track track) { ++tracks_[static_cast<size_t>(track)].period; }

  /** How often the timestamps began anew. */
  uint32_t jumps() const { return jumps_; }

  /** Wraps at 64 bits, as the peer's clock may. */
  static int64_t plus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
  static int64_t minus(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  }

 private:
  /** A connection whose first time is later than this (36 years) begins at zero. */
  static constexpr int64_t max_begin_ns = int64_t{1} << 60;

  struct State {
    std::optional<int64_t> last;
    int64_t arrival = 0;
    int64_t offset = 0;
    uint32_t period = 0;  // of the next packet
    uint32_t begun = 0;   // of the last one
  };
  std::array<State, 2> tracks_;
  int64_t begin_ = 0;  // the time of the first packet
  int64_t begin_arrival_ = 0;
  std::optional<int64_t> last_;  // the furthest of both tracks
  int64_t arrival_ = 0;          // of the newest packet of both tracks
  int64_t offset_ = 0;
  uint32_t period_ = 0;  // to which offset_ belongs
  uint32_t jumps_ = 0;
};

}  // namespace rxgst
