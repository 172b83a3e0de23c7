// Finds the script tags in an FLV stream, in pieces of any size, and the parts of them that must not reach flvdemux.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtmp/amf_walk.h"

namespace rxgst {

/**
 * Follows the stream as flvdemux does: 13 bytes of header, then tags. A tag has 4 bytes (type, size) and then size + 11
 * bytes (time, stream, content, the size again). flvdemux recurses through the metadata without a limit, so metadata
 * that nests too deeply must be overwritten: its parser gives up at the first such byte.
 */
class FlvWalk {
 public:
  struct Range {
    size_t from, to;
  };

  /** The part of this range of the last `take` that must not be read; it belongs to one tag, which is spoilt. */
  struct Seen {
    std::vector<Range> blank;
    /** The number of tags that were found to be spoilt. */
    int spoilt = 0;
    /** The number of script tags that began, and of the bytes that they announce. */
    int scripts = 0;
    uint64_t script_bytes = 0;
  };

  Seen take(const uint8_t* data, size_t size) {
    Seen seen;
    for (size_t at = 0; at < size;) {
      const size_t step = left_ < size - at ? static_cast<size_t>(left_) : size - at;
      if (state_ == State::tag) {
        for (size_t i = 0; i < step; ++i) tag_ = tag_ << 8 | data[at + i];
      } else if (state_ == State::script) {
        script(data, at, step, &seen);
      }
      at += step;
      left_ -= step;
      if (left_ == 0) next(&seen);
    }
    return seen;
  }

  /** Starts at the beginning of a stream. */
  void header() { enter(State::header); }
  /** Starts at the beginning of a tag. */
  void tag() { enter(State::tag); }
  /** Forgets the bytes of the present part, which come again. */
  void again() { enter(state_); }
  /** Starts at the content of a script tag, whose type and size were read apart. */
  void script() {
    size_ = most_size;
    enter(State::script);
  }

  static constexpr uint8_t blank = 0xff;

 private:
  enum class State { header, tag, body, script };
  static constexpr uint32_t most_size = 0xffffff;
  static constexpr uint64_t before_content = 7;

  void enter(State state) {
    state_ = state;
    const uint64_t body = uint64_t{size_} + 11;
    left_ = state == State::header ? 13 : state == State::tag ? 4 : body;
    tag_ = 0;
    if (state == State::script) {
      amf_ = AmfWalk(AmfDialect::flvdemux);
      ahead_ = before_content;
    }
  }

  void next(Seen* seen) {
    if (state_ != State::tag) return enter(State::tag);
    size_ = tag_ & most_size;
    const bool is_script = tag_ >> 24 == 18;
    if (is_script) {
      ++seen->scripts;
      seen->script_bytes += size_;
    }
    enter(is_script ? State::script : State::body);
  }

  void script(const uint8_t* data, size_t at, size_t step, Seen* seen) {
    const size_t skipped = ahead_ < step ? static_cast<size_t>(ahead_) : step;
    ahead_ -= skipped;
    if (skipped == step) return;
    const bool was_fine = amf_.verdict() == AmfWalk::Verdict::fine;
    const size_t taken = was_fine ? amf_.take(data + at + skipped, step - skipped) : 0;
    if (amf_.verdict() == AmfWalk::Verdict::fine) return;
    if (was_fine) ++seen->spoilt;
    seen->blank.push_back({at + skipped + taken, at + step});
  }

  State state_ = State::header;
  uint64_t left_ = 13;
  uint64_t ahead_ = 0;
  uint32_t tag_ = 0;
  uint32_t size_ = 0;
  AmfWalk amf_{AmfDialect::flvdemux};
};

}  // namespace rxgst
