// The one clock of a capture, over all of its connections. Arithmetic alone: no GStreamer, no JS, no time of its own.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>

namespace rxgst {

/**
 * Capture time, µs in 64 bits, is 0 at the first picture and in step with real time from connection to connection: what
 * a new one brings lies as far behind the first as it came later, and never before the end of what was given out. A
 * server that sends its last seconds first makes a connection run ahead by them; the next outage uses that up. Any
 * thread.
 */
class CaptureClock {
 public:
  /** A connection's zero came off the network at `arrival` (µs, monotonic). Returns the capture time it has. */
  int64_t begin(int64_t arrival) {
    std::lock_guard lock(mutex_);
    if (!origin_) {
      origin_ = arrival;
      return 0;
    }
    return std::max(end_, arrival - *origin_);
  }
  /** Pictures or sound up to here, µs, have been given out. */
  void reach(int64_t end) {
    std::lock_guard lock(mutex_);
    end_ = std::max(end_, end);
  }
  uint64_t next_sequence() {
    std::lock_guard lock(mutex_);
    return sequence_++;
  }
  /** The first slot of a wanted frame rate that no picture has taken. */
  int64_t next_slot() const {
    std::lock_guard lock(mutex_);
    return slot_;
  }
  void take_slot(int64_t slot) {
    std::lock_guard lock(mutex_);
    slot_ = std::max(slot_, slot + 1);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<int64_t> origin_;
  int64_t end_ = 0;
  uint64_t sequence_ = 0;
  int64_t slot_ = 0;
};

}  // namespace rxgst
