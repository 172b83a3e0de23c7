// What a viewer must have before the first picture: metadata and configurations, as the source sent them last.
#pragma once
#include <optional>
#include <vector>

#include "rtmp/relay/passing.h"

namespace rxgst::rtmp {

/** Of one input. Its memory is bounded: a stream of more tracks than fit begins without the records of the last. */
class StreamRecords {
 public:
  static constexpr size_t most_records = 600, most_bytes = 1 << 20;

  struct Record {
    MediaKind kind{};
    FrameKind what{};
    uint8_t track = 0;
    Payload payload;
  };

  void clear();
  void note(MediaKind kind, const Frame& frame, const Payload& payload);
  void note_metadata(const Payload& payload) {
    if (payload.bytes.size() <= most_bytes) metadata_ = Payload::copy_of(payload.bytes);
  }

  const std::optional<Payload>& metadata() const { return metadata_; }
  /** In the order in which they came first. */
  const std::vector<Record>& records() const { return records_; }

 private:
  std::optional<Payload> metadata_;
  std::vector<Record> records_;
  size_t bytes_ = 0;
};

}  // namespace rxgst::rtmp
