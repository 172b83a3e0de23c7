// Puts messages together from chunks.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rtmp/chunks/message.h"

namespace rxgst::rtmp {

/**
 * Takes bytes cut anywhere. Memory is what open messages announce, and that is bounded before any of it is taken; each
 * byte is looked at once.
 */
class ChunkReader {
 public:
  struct Bounds {
    /** Of all messages that are open, as they announce their length. */
    size_t bytes = 16 << 20;
    size_t chunk_streams = 64;
    /** Of one message. */
    size_t message_bytes = 16 << 20;
  };

  explicit ChunkReader(const Bounds& bounds) : bounds_(bounds) {}

  /**
   * Takes bytes off the front of `bytes` up to the end of a message.
   * @return the message; nothing: all bytes are used up, or `wrong()` is set
   */
  std::optional<Message> take(Bytes& bytes);

  /** From the next chunk on, 1 to 2³¹ − 1. */
  void set_chunk_size(uint32_t bytes) { chunk_size_ = bytes; }
  /** Forgets what has come of a message. */
  void abort(uint32_t chunk_stream);

  /** What was wrong, as part of a sentence; empty: nothing. */
  const std::string& wrong() const { return wrong_; }
  /** Of open messages. */
  size_t open_bytes() const { return open_bytes_; }

 private:
  struct Stream {
    uint32_t id = 0;
    /** Of the last header that had one: a time, or a difference. */
    uint32_t field = 0;
    bool absolute = false, extended = false;
    uint32_t length = 0;
    uint8_t type = 0;
    uint32_t stream = 0;
    uint32_t timestamp_ms = 0;
    bool open = false;
    uint32_t received = 0;
    std::shared_ptr<uint8_t[]> content;
  };
  enum class State : uint8_t { basic, header, repetition, body };

  void fail(std::string what) { wrong_ = std::move(what); }
  void enter(State state, size_t need);
  void on_basic();
  void on_header();
  /** A type 3 chunk behind an extended timestamp: its four bytes may come again, or not. */
  void repetition(Bytes& bytes);
  void begin_body();
  void append(Bytes part);
  Message complete();
  void forget(Stream* it);

  Bounds bounds_;
  uint32_t chunk_size_ = 128;
  std::unordered_map<uint32_t, Stream> streams_;
  State state_ = State::basic;
  std::array<uint8_t, 18> head_{};
  size_t head_size_ = 0, head_need_ = 1;
  int format_ = 0;
  size_t basic_size_ = 0;
  Stream* current_ = nullptr;
  /** Of the chunk. */
  uint32_t left_ = 0;
  /** Bytes of a time that comes again. */
  size_t matched_ = 0;
  size_t open_bytes_ = 0;
  std::string wrong_;
};

}  // namespace rxgst::rtmp
