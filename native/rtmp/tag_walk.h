// The tags of an FLV stream, found in its bytes. Arithmetic alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rxgst {

/** What can be known of a tag before its body: its first bytes, which say the codec. */
struct StreamTag {
  static constexpr size_t most_body = 5;
  int type;
  uint32_t size;
  const uint8_t* body;  // min(size, most_body) bytes
};

/**
 * Cuts a stream of bytes, which comes in any pieces, into what is to be passed on and what is not. Tags are not looked
 * into further than their first bytes; one that is cut in its head waits for the rest of it.
 */
class TagWalk {
 public:
  struct Range {
    size_t from;
    size_t to;
  };

  /**
   * `keep` says of each tag whether it stays. Returns the parts that do, of these bytes; those from `waiting()` on, at
   * most 15 of them, belong before the next ones.
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
  static constexpr size_t tag_head = 11;
  static constexpr size_t tag_foot = 4;
  static constexpr size_t file_head = 9;

  /** At the beginning of a tag, or of the stream. False: more bytes are needed. */
  template <class Keep>
  bool enter(const uint8_t* data, size_t size, Keep keep) {
    if (first_) {
      if (size < file_head) return false;
      first_ = false;
      if (data[0] == 'F' && data[1] == 'L' && data[2] == 'V') {
        keeping_ = true;
        left_ = file_head + tag_foot;
        return true;
      }
    }
    if (size < tag_head) return false;
    const uint32_t body = static_cast<uint32_t>(data[1]) << 16 | static_cast<uint32_t>(data[2]) << 8 | data[3];
    if (size < tag_head + std::min<size_t>(body, StreamTag::most_body)) return false;
    keeping_ = keep(StreamTag{data[0] & 31, body, data + tag_head});
    left_ = tag_head + body + tag_foot;
    return true;
  }

  bool first_ = true;
  bool keeping_ = true;
  size_t left_ = 0;  // of the tag that is being passed
  size_t waiting_ = 0;
};

}  // namespace rxgst
