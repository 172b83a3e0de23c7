#include "rtmp/relay/relay_input.h"

namespace rxgst::rtmp {

namespace {

/** So long sound waits for pictures: where metadata or a configuration promise some, and where nothing does. */
constexpr int64_t promised_us = 8'000'000, unpromised_us = 1'000'000;

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

void RelayInput::begin_anew() {
  first_us_ = last_picture_us_ = ready_since_us_ = 0;
  facts_ = {};
}

}  // namespace rxgst::rtmp
