// Messages of RTMP as packets for containers and recordings.
#pragma once
#include <memory>
#include <optional>

#include "mux/packet.h"
#include "rtmp/relay/passing.h"
#include "rtmp/relay/stream_records.h"

namespace rxgst::relay {

/**
 * Of the first track of each kind: pictures in H.264, HEVC and AV1, and sound in AAC. A picture's bytes stay as they
 * are, without a copy, unless the lengths before its NAL units have another size than 4. Guarded by its owner.
 */
class TagPackets {
 public:
  /** The stream that follows has these metadata and configurations. */
  void begin(const rtmp::StreamRecords& records);
  /** Nothing: it is no picture or sound of these kinds, or its configuration has not come. */
  std::optional<mux::Packet> take(const rtmp::Passing& passing);

 private:
  /** A track: what a container must know of it, and how its packets come. */
  struct Track {
    std::shared_ptr<const mux::Format> format;
    int length_bytes = 4;
  };

  void note_config(const rtmp::Frame& frame);
  void note_metadata(const rtmp::Payload& payload);

  Track video_, audio_;
  /** What metadata claim; 0: they do not. */
  int claimed_width_ = 0, claimed_height_ = 0;
};

}  // namespace rxgst::relay
