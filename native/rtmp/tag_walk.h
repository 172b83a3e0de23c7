// Finds the tags in the bytes of an FLV stream. Arithmetic alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rxgst {

/** The head of a tag with the first bytes of its body, which name the codec. */
struct StreamTag {
  static constexpr size_t max_body_bytes = 5;
  int type;
  uint32_t size;
  const uint8_t* body;  // min(size, max_body_bytes) bytes
};

/**
 * Divides a stream of bytes, in pieces of any size, into parts that pass and parts that do not. It reads only the first
 * bytes of each tag; a tag that is cut in its head waits for the rest of the head.
 */
class TagWalk {
 public:
  struct Range {
    size_t from;
    size_t to;
  };

  /**
   * `keep` decides for each tag whether it passes. Returns the parts of these bytes that pass. The bytes from
   * `waiting()` on, at most 15 of them, belong before the next bytes.
   */
  template <class Keep>
  std::vector<Range> walk(const uint8_t* data, size_t size, Keep keep) {
    std::vector<Range> kept;
    const auto pass = [&](size_t from, size_t to) {
      if (from == to) return;
      if (!kept.empty() && kept.back().to == from)
        kept.back().to = to;
      else
        kept.push_back({from, to});
    };
    size_t at = 0;
    while (at < size) {
      if (left_ == 0 && !enter(data + at, size - at, keep)) break;
      const size_t count = std::min<size_t>(left_, size - at);
      if (keeping_) pass(at, at + count);
      left_ -= count;
      at += count;
    }
    waiting_ = at;
    return kept;
  }
  size_t waiting() const { return waiting_; }

 private:
  static constexpr size_t tag_head_bytes = 11;
  static constexpr size_t tag_foot_bytes = 4;
  static constexpr size_t file_head_bytes = 9;

  /** At the beginning of a tag, or of the stream. False: more bytes are needed. */
  template <class Keep>
  bool enter(const uint8_t* data, size_t size, Keep keep) {
    if (first_) {
      if (size < file_head_bytes) return false;
      first_ = false;
      if (data[0] == 'F' && data[1] == 'L' && data[2] == 'V') {
        keeping_ = true;
        left_ = file_head_bytes + tag_foot_bytes;
        return true;
      }
    }
    if (size < tag_head_bytes) return false;
    const uint32_t body = static_cast<uint32_t>(data[1]) << 16 | static_cast<uint32_t>(data[2]) << 8 | data[3];
    if (size < tag_head_bytes + std::min<size_t>(body, StreamTag::max_body_bytes)) return false;
    keeping_ = keep(StreamTag{data[0] & 31, body, data + tag_head_bytes});
    left_ = tag_head_bytes + body + tag_foot_bytes;
    return true;
  }

  bool first_ = true;
  bool keeping_ = true;
  size_t left_ = 0;  // of the tag that is passing
  size_t waiting_ = 0;
};

}  // namespace rxgst
