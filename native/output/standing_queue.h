// How far an output's clock must go forward, so that no picture waits longer than its source's jitter asks for.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

namespace rxgst {

/**
 * Finds the queue that only delays: pictures that have waited since a stall, or since a server's first burst. Jitter
 * empties a queue now and then; a queue whose pictures were all early for a whole window is a standing one (the measure
 * of CoDel, RFC 8289), and the clock goes forward by what the least early of them waited.
 *
 * A writer that waits for room keeps the queue full by itself, be it a file or a live source with pictures behind it. A
 * trial tells them apart: the clock goes forward by a whole queue, and a live source has no more after some trials. For
 * a file each trial takes twice as long to come.
 *
 * Times are µs of one clock. One thread.
 */
class StandingQueue {
 public:
  /** @param longest_us the time that a full queue holds */
  explicit StandingQueue(int64_t longest_us) : longest_us_(longest_us) {}

  /** A picture leaves that was given so early, by the clock of now; 0 and less: it was late. */
  void left(int64_t now_us, int64_t early_us) {
    if (!std::exchange(begun_, true)) begin(now_us);
    least_early_us_ = std::min(least_early_us_, early_us);
    ++pictures_;
  }

  /** A writer found no room. */
  void full() { full_ = true; }

  /**
   * A picture is missing and the one before is repeated. Soon after the clock went forward, the queue was no standing
   * one, but what a source with long pauses needs: the next window is longer.
   */
  void missing(int64_t now_us) {
    if (!begun_) return;
    if (forward_us_ != 0 && now_us - forward_us_ < soon_windows * window_us_) {
      window_us_ = std::min(2 * window_us_, longest_window_us);
      forward_us_ = 0;
    }
    missing_us_ = now_us;
    allowance_us_ += std::exchange(pending_us_, 0);
    begin(now_us);
  }

  /** How far the clock goes forward now, before a picture: it runs a quarter faster at most. */
  int64_t step(int64_t now_us) {
    const int64_t passed_us = now_us - std::exchange(stepped_us_, now_us);
    allowance_us_ = std::min(most_us, allowance_us_ + passed_us / allowance_part);
    if (pending_us_ == 0 && begun_ && now_us - from_us_ >= window_us_) look(now_us);
    const int64_t step_us = std::min(pending_us_, std::min(passed_us, longest_step_us) / 4);
    pending_us_ -= step_us;
    if (step_us > 0 && pending_us_ == 0) begin(now_us);
    return step_us;
  }

 private:
  static constexpr int64_t shortest_window_us = 2'000'000, longest_window_us = 64'000'000;
  static constexpr int64_t soon_windows = 8;
  /** Two pictures are no measure. */
  static constexpr int pictures_min = 4;
  static constexpr int64_t longest_step_us = 200'000;
  /** What a clock and its ticks differ by anyway. */
  static constexpr int64_t least_us = 1000;
  /**
   * Each step makes the stream longer than the time it takes. One second at once; after that 0.5 %, which is more than
   * clocks differ by: a program that writes too many pictures a second gets no faster stream.
   */
  static constexpr int64_t most_us = 1'000'000, allowance_part = 200;
  static constexpr int64_t longest_pause_us = 600'000'000;

  void begin(int64_t now_us) {
    from_us_ = now_us;
    least_early_us_ = INT64_MAX;
    pictures_ = 0;
    full_ = false;
  }

  void look(int64_t now_us) {
    if (!full_) pause_us_ = shortest_window_us;
    if (pictures_ >= pictures_min && least_early_us_ > least_us) {
      if (!full_) {
        forward(least_early_us_, now_us);
      } else if (now_us >= next_trial_us_) {
        forward(longest_us_, now_us);
        next_trial_us_ = now_us + pause_us_;
        pause_us_ = std::min(2 * pause_us_, longest_pause_us);
      }
    }
    if (pending_us_ == 0) begin(now_us);
  }

  void forward(int64_t us, int64_t now_us) {
    // Nothing has been missing for so long: the source has no such pauses any more.
    if (now_us - missing_us_ > soon_windows * window_us_) window_us_ = shortest_window_us;
    forward_us_ = now_us;
    pending_us_ = std::min(us, allowance_us_);
    allowance_us_ -= pending_us_;
  }

  const int64_t longest_us_;
  bool begun_ = false;
  bool full_ = false;
  int pictures_ = 0;
  int64_t from_us_ = 0;
  int64_t least_early_us_ = INT64_MAX;
  int64_t pending_us_ = 0;
  int64_t allowance_us_ = most_us;
  int64_t stepped_us_ = 0;
  int64_t window_us_ = shortest_window_us;
  int64_t missing_us_ = 0;  // when a picture was missing last
  int64_t forward_us_ = 0;  // when it last went forward; 0: not since something was missing
  int64_t pause_us_ = shortest_window_us;
  int64_t next_trial_us_ = 0;
};

}  // namespace rxgst
