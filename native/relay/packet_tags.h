// Packets of a capture as messages of RTMP.
#pragma once
#include <optional>
#include <vector>

#include "mux/packet.h"
#include "rtmp/protocol/events.h"

namespace rxgst::relay {

constexpr int64_t ns_per_ms = 1'000'000;

/**
 * The bytes of a packet stay as they are: a header of FLV, or of Enhanced RTMP, goes before them. Times are in
 * milliseconds, rounded, from the first packet on. No thread of its own.
 */
class PacketTags {
 public:
  /** Appends the packet, and before it what has changed: metadata, and its configuration record. */
  void add(const mux::Packet& packet, std::vector<rtmp::MediaMessage>* out);

 private:
  int64_t to_ms(int64_t time_ns) const;

  mux::Formats formats_;
  std::optional<int64_t> first_ns_;
};

/** onMetaData of a stream with these tracks. */
rtmp::Payload metadata_of(const mux::Formats& formats);

}  // namespace rxgst::relay
