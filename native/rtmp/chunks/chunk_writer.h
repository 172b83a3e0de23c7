// Cuts messages into chunks.
#pragma once
#include <cstdint>
#include <vector>

#include "rtmp/chunks/message.h"
#include "rtmp/chunks/outbox.h"

namespace rxgst::rtmp {

/**
 * Writes whole messages, each with the shortest header that its chunk stream allows: what repeats in that stream is
 * left out, so each stream must be one kind of thing in its own order of time.
 */
class ChunkWriter {
 public:
  static constexpr uint32_t least_chunk_size = 128;

  /** From the next message on; the other end must have been told. */
  void set_chunk_size(uint32_t bytes) { chunk_size_ = bytes; }
  uint32_t chunk_size() const { return chunk_size_; }

  /**
   * @param head bytes of ours before the payload, part of the message; at most `TagHeader::most`
   */
  void write(const Message& message, Bytes head, Outbox* out);

 private:
  struct Stream {
    uint32_t id;
    uint32_t stream;
    uint32_t length;
    uint32_t timestamp_ms;
    uint32_t delta_ms;
    uint8_t type;
    /** The header before was of type 1 or 2: ends read a delta of type 0 in two ways. */
    bool has_delta;
  };

  /** A few; found by looking at each. */
  std::vector<Stream> streams_;
  uint32_t chunk_size_ = 128;
};

}  // namespace rxgst::rtmp
