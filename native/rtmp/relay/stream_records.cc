#include "rtmp/relay/stream_records.h"

#include <algorithm>

namespace rxgst::rtmp {

void StreamRecords::clear() {
  metadata_.reset();
  records_.clear();
  bytes_ = 0;
}

void StreamRecords::note(MediaKind kind, const Frame& frame, const Payload& payload) {
  auto found = std::ranges::find_if(
      records_, [&](const Record& it) { return it.kind == kind && it.what == frame.kind && it.track == frame.track; });
  const size_t before = found == records_.end() ? 0 : found->payload.bytes.size();
  const size_t size = payload.bytes.size();
  if (bytes_ - before + size > most_bytes) return;
  if (found == records_.end()) {
    if (records_.size() == most_records) return;
    found = records_.insert(records_.end(), Record{kind, frame.kind, frame.track, {}});
  }
  bytes_ += size - before;
  found->payload = Payload::copy_of(payload.bytes);
}

}  // namespace rxgst::rtmp
