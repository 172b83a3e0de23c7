#include "rtmp/relay/relay_input.h"

#include <algorithm>

namespace rxgst::rtmp {

namespace {

/** So long sound waits for pictures: where metadata or a configuration promise some, and where nothing does. */
constexpr int64_t promised_us = 8'000'000, unpromised_us = 1'000'000;
/**
 * Ten pictures of 33 ms. With it a viewer waits less than half a second for another input. Where packets come in larger
 * steps, it is so many of these.
 */
constexpr int64_t silence_us = 350'000, usual_gaps = 3;
/** Beyond it a gap is no usual one. */
constexpr int64_t most_gap_us = 2'000'000;
/** So long a break, and the time for which an input has been well begins anew. */
constexpr int64_t break_us = 1'000'000;
/**
 * What waited in the network for the end of a silence comes at more than twice the speed of its times. It is at its end
 * where that is over for so long, or nothing comes for so long.
 */
constexpr int64_t backlog_us = 50'000, backlog_speed = 2;
constexpr int64_t us_per_millisecond = 1'000;

}  // namespace

bool RelayInput::lacks_pictures(int64_t now_us) const {
  const bool promised = last_picture_us_ != 0 || facts_.has_pictures();
  const int64_t since_us = last_picture_us_ != 0 ? last_picture_us_ : first_us_;
  return since_us != 0 && now_us - since_us >= (promised ? promised_us : unpromised_us);
}

bool RelayInput::note(const MediaMessage& message, const Seen& seen, int64_t now_us) {
  if (seen.content == Content::metadata) {
    records_.note_metadata(message.payload);
    facts_.take_metadata(message);
  } else if (message.kind != MediaKind::data) {
    facts_.take_frame(seen.frame);
  }
  if (seen.content == Content::record) records_.note(message.kind, seen.frame, message.payload);
  if (seen.content != Content::media) return false;
  if (first_us_ == 0) first_us_ = now_us;
  if (ready_since_us_ != 0 && now_us - last_us_ > break_us) ready_since_us_ = now_us;
  note_backlog(message.timestamp_ms * us_per_millisecond, now_us);
  const int64_t gap_us = last_us_ == 0 ? 0 : std::min(now_us - last_us_, most_gap_us);
  // Forgotten with the time that passes, not with the packets: a step of a second has many.
  usual_gap_us_ = std::max(gap_us, usual_gap_us_ - gap_us / 2);
  last_us_ = now_us;
  ++counters_.packets;
  counters_.bytes += message.payload.bytes.size();
  if (seen.video) {
    counters_.last_picture_us = last_picture_us_ = now_us;
    ++counters_.pictures;
    counters_.keyframes += seen.key;
  } else {
    counters_.last_sound_us = now_us;
  }
  const bool can_begin = seen.video ? seen.key : lacks_pictures(now_us);
  if (can_begin && ready_since_us_ == 0) ready_since_us_ = now_us;
  return can_begin;
}

void RelayInput::note_backlog(int64_t source_us, int64_t now_us) {
  const bool returns = is_silent(now_us);
  const int64_t passed_us = now_us - backlog_.at_us;
  if (!returns && (!backlog_.comes || passed_us < backlog_us)) return;
  backlog_ = {returns || source_us - backlog_.source_us > passed_us * backlog_speed, now_us, source_us};
}

bool RelayInput::is_present(int64_t now_us) const {
  return !is_silent(now_us) && (!backlog_.comes || now_us - last_us_ >= backlog_us);
}

int64_t RelayInput::silent_at_us() const { return last_us_ + std::max(silence_us, usual_gap_us_ * usual_gaps); }

void RelayInput::begin_anew(bool gone) {
  if (gone) records_.clear();
  // The time without a publisher is no step of the stream: with last_us_ at 0 it does not count as one.
  first_us_ = last_picture_us_ = last_us_ = ready_since_us_ = 0;
  backlog_ = {};
  kept_.clear();
  facts_ = {};
}

}  // namespace rxgst::rtmp
