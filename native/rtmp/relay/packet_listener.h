// Whoever measures what a relay copies.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rxgst::rtmp {

/** A picture or some sound, as it goes to the targets. Times of the program, ms. */
struct RelayedPacket {
  bool video = false, key = false;
  int64_t decoded_ms = 0, shown_ms = 0;
  size_t bytes = 0;
  int64_t arrival_us = 0;
};

class PacketListener {
 public:
  virtual ~PacketListener() = default;
  /** The I/O thread: nothing here may wait. */
  virtual void on_packet(const RelayedPacket& packet) = 0;
};

}  // namespace rxgst::rtmp
