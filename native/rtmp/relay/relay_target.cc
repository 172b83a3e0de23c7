#include "rtmp/relay/relay_target.h"

#include <algorithm>
#include <utility>

namespace rxgst::rtmp {

namespace {

/** As the targets of an output have it. */
constexpr int64_t most_queue_ms = 2'000;
/** 2 s of 128 Mbit/s: the network of nobody who sends more is as slow. */
constexpr size_t most_queue_bytes = 32 << 20;

}  // namespace

int64_t RelayTarget::queue_ms() {
  window_.keep(stream_->waiting_messages());
  return window_.length_ms();
}

bool RelayTarget::is_full() { return queue_ms() > most_queue_ms || stream_->waiting_bytes() > most_queue_bytes; }

TargetCounters RelayTarget::counters() {
  counters_.queue_ms = queue_ms();
  return counters_;
}

void RelayTarget::take(const Passing& passing, const StreamRecords& records) {
  if (!accepted_) return;
  const Seen& seen = passing.seen;
  if (!joined_) {
    if (!passing.can_begin) return;
    joined_ = true;
    base_ms_ = passing.time_ms;
    send_records(records, passing.time_ms);
  }
  const bool media = seen.content == Content::media;
  // It would be heard or seen before the beginning.
  if (media && passing.time_ms < base_ms_) return;
  if (is_full()) {
    missed_records_ = missed_records_ || seen.content == Content::record || seen.content == Content::metadata;
    return drop(seen.video);
  }
  if (media && seen.video && !flowing_) {
    if (!seen.key) return drop(true);
    flowing_ = true;
  }
  if (missed_records_ && media) send_records(records, passing.time_ms);
  send(passing);
}

void RelayTarget::drop(bool video) {
  ++counters_.dropped;
  if (video) flowing_ = false;
}

void RelayTarget::renew(const StreamRecords& records, int64_t time_ms) {
  if (!joined_ || !accepted_) return;
  flowing_ = false;
  missed_records_ = is_full();
  if (!missed_records_) send_records(records, time_ms);
}

void RelayTarget::send_records(const StreamRecords& records, int64_t time_ms) {
  missed_records_ = false;
  static constexpr Seen record{Content::record, false, false, {}};
  if (records.metadata()) send({record, MediaKind::data, time_ms, metadata_head(), *records.metadata()});
  for (const StreamRecords::Record& it : records.records()) send({record, it.kind, time_ms, {}, it.payload});
}

void RelayTarget::send(const Passing& passing) {
  const int64_t time_ms = std::max<int64_t>(0, passing.time_ms - base_ms_);
  stream_->send(passing.kind, time_ms, passing.head, passing.payload);
  const bool media = passing.seen.content == Content::media;
  window_.add(media ? time_ms : SendWindow::no_time);
  if (!media) return;
  ++counters_.packets;
  counters_.bytes += passing.payload.bytes.size();
  counters_.position_ms = std::max(counters_.position_ms, time_ms);
}

}  // namespace rxgst::rtmp
