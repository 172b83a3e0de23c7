// The clock of a capture, which all its connections share. Arithmetic alone: no GStreamer, no JS, no time of its own.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>

namespace rxgst {

/**
 * Capture time is in µs of 64 bits. It is 0 at the first picture and then keeps step with real time across connections:
 * a new connection begins as far behind the first one as it came later, and never before the end of the media that was
 * handed out. A server that first sends its last seconds makes a connection run ahead by them; the next outage uses
 * that lead up. Any thread.
 */
class CaptureClock {
 public:
  /** The zero of a connection came from the network at `arrival` (µs, CLOCK_MONOTONIC). Returns its capture time. */
  int64_t begin(int64_t arrival) {
    std::lock_guard lock(mutex_);
    if (!origin_) {
      origin_ = arrival;
      return 0;
    }
    return std::max(end_, arrival - *origin_);
  }
  /** Pictures or audio up to this time (µs) have been handed out. */
  void reach(int64_t end) {
    std::lock_guard lock(mutex_);
    end_ = std::max(end_, end);
  }
  uint64_t next_sequence() {
    std::lock_guard lock(mutex_);
    return sequence_++;
  }
  /** The first slot of the wanted frame rate that no picture has taken. */
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
