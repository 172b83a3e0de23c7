// When a packet of an input is due that comes faster than it plays. Pure: its clock is passed in.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * A packet is due as long after the first packet as its timestamp is later. What stood still for longer than
 * `most_late_us` goes on at the same pace from there. Only the track that is ahead tells of that: where a file holds
 * two seconds of sound before the pictures of the same time, these come late, and no time was lost.
 */
class PaceRule {
 public:
  static constexpr int64_t most_late_us = 1'000'000;
  /** No file keeps its tracks farther apart: time has jumped back. */
  static constexpr int64_t most_apart_us = 10'000'000;

  /** How long the packet still waits; 0 or less: it is due. */
  int64_t left(int64_t time_us, int64_t now_us) {
    if (newest_ && time_us < *newest_ - most_apart_us) newest_.reset();
    const bool ahead = !newest_ || time_us >= *newest_;
    const bool late = !offset_ || now_us - (time_us + *offset_) > most_late_us;
    if (!newest_ || (ahead && late)) offset_ = now_us - time_us;
    return time_us + *offset_ - now_us;
  }
  /** The packet has been given out. */
  void given(int64_t time_us) { newest_ = std::max(time_us, newest_.value_or(time_us)); }

 private:
  /** What a timestamp needs to be a time of the clock. */
  std::optional<int64_t> offset_;
  /** Latest timestamp that was given out. */
  std::optional<int64_t> newest_;
};

}  // namespace rxgst
