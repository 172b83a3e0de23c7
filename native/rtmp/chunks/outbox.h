// Bytes that are to leave, in pieces: chunk headers of our own, and parts of payloads that others hold.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

/**
 * What a socket takes next, for a scattering write: no payload is copied. One owner at a time. The outbox has no bound
 * of its own: what the machine answers by itself is bounded (`Limits::answers_bytes`), and whoever sends media looks at
 * `size()` first.
 */
class Outbox {
 public:
  /** Chunk header and tag header together. */
  static constexpr size_t most_head = 64;

  bool empty() const { return size_ == 0; }
  /** Bytes that wait. */
  size_t size() const { return size_; }
  /** Bytes that have left since the beginning. */
  uint64_t sent() const { return sent_; }

  /** The first bytes that wait, in as many spans as there is room for; how many spans. They stay valid until `sent`. */
  size_t gather(std::span<Bytes> out) const;
  /** The first `count` bytes have left. */
  void consume(size_t count);

  /** Adds some bytes of ours, at most `most_head`, and behind them what the owner holds. */
  void add(Bytes head, Bytes body, std::shared_ptr<const void> owner);

 private:
  struct Piece {
    std::array<uint8_t, most_head> head;
    uint8_t head_size;
    Bytes body;
    std::shared_ptr<const void> owner;
    size_t size() const { return head_size + body.size(); }
  };
  std::deque<Piece> pieces_;
  /** Of the first piece, what has left already. */
  size_t used_ = 0;
  size_t size_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace rxgst::rtmp
