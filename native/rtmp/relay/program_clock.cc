#include "rtmp/relay/program_clock.h"

#include <algorithm>

namespace rxgst::rtmp {

namespace {

/** A step back of so much, or ahead of the time that has passed, is no step: the source's clock has begun anew. */
constexpr int64_t most_back_ms = 2'000, most_ahead_ms = 60'000;
constexpr int64_t us_per_ms = 1'000;

bool jumps(int64_t step_ms, int64_t passed_us) {
  return step_ms < -most_back_ms || step_ms > passed_us / us_per_ms + most_ahead_ms;
}

}  // namespace

/** From here on the source's times lie behind all that came before, by the time that has passed since. */
void ProgramClock::anchor(int64_t source_ms, int64_t now_us) {
  const int64_t passed_ms = std::max<int64_t>(1, (now_us - newest_us_) / us_per_ms);
  shift_ms_ = (started_ ? newest_ms_ + passed_ms : 0) - source_ms;
  ++line_;
}

int64_t ProgramClock::now_ms(int64_t now_us) const {
  return started_ ? newest_ms_ + std::max<int64_t>(0, now_us - newest_us_) / us_per_ms : 0;
}

void ProgramClock::fill(bool video, int64_t time_ms, int64_t now_us) {
  if (!started_) newest_us_ = now_us;
  const int64_t passed_ms = now_ms(now_us) - newest_ms_;
  newest_ms_ += passed_ms;
  // What is left of a millisecond counts for the next one.
  newest_us_ += passed_ms * us_per_ms;
  started_ = true;
  tracks_[video].program_ms = std::max(tracks_[video].program_ms, time_ms);
}

void ProgramClock::join(int64_t source_ms, int64_t now_us) {
  begins_ = false;
  anchor(source_ms, now_us);
  for (Track& track : tracks_) track.enter(line_, shift_ms_);
}

int64_t ProgramClock::media(bool video, int64_t source_ms, int64_t now_us) {
  Track& it = tracks_[video];
  const int64_t passed_us = now_us - it.at_us;
  if (begins_) {
    join(source_ms, now_us);
  } else if (it.source_ms && jumps(source_ms - *it.source_ms, passed_us)) {
    // The other track may have jumped to the same place before.
    if (jumps(source_ms + shift_ms_ - it.program_ms, passed_us)) anchor(source_ms, now_us);
    it.enter(line_, shift_ms_);
  }
  it.source_ms = source_ms;
  it.at_us = now_us;
  const int64_t time_ms = source_ms + it.shift_ms;
  it.behind = it.behind && time_ms <= it.program_ms;
  it.program_ms = it.behind ? it.program_ms + 1 : time_ms;
  if (!started_ || it.program_ms >= newest_ms_) {
    newest_ms_ = it.program_ms;
    newest_us_ = now_us;
  }
  started_ = true;
  return it.program_ms;
}

int64_t ProgramClock::beside(int64_t source_ms) const {
  const int64_t time_ms = source_ms + shift_ms_;
  const bool far = time_ms < newest_ms_ - most_back_ms || time_ms > newest_ms_ + most_ahead_ms;
  return begins_ || far ? newest_ms_ : time_ms;
}

}  // namespace rxgst::rtmp
