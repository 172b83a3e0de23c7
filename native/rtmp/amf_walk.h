// Walks through AMF0 (Adobe, AMF 0 specification) byte by byte, in pieces of any size, without recursion: a peer's
// nesting and announced sizes cost no memory here. Arithmetic alone.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace rxgst {

enum class AmfDialect {
  /** By the specification: a row of values. */
  standard,
  /**
   * As GStreamer's flvdemux reads a script tag, since its reading has to be bounded: it enters only objects and ECMA
   * arrays, and takes unknown types for values without bytes. A walk by the specification would be at another position.
   */
  flvdemux,
};

class AmfWalk {
 public:
  /**
   * Metadata of known publishers nests 3 levels deep; a recursive parser takes some hundred bytes of stack for each.
   */
  static constexpr size_t most_depth = 32;

  enum class Verdict { fine, too_deep, unreadable };

  explicit AmfWalk(AmfDialect dialect = AmfDialect::standard) : dialect_(dialect) {}
  virtual ~AmfWalk() = default;

  /** How many bytes it took: all of them while the verdict is fine; otherwise the next byte is the first bad one. */
  size_t take(const uint8_t* data, size_t size) {
    size_t at = 0;
    while (at < size && verdict_ == Verdict::fine) {
      if (state_ == State::over) return size;
      if (skip_ > 0) {
        const size_t step = skip_ < size - at ? static_cast<size_t>(skip_) : size - at;
        if (naming_) append_name(data + at, step);
        skip_ -= step;
        at += step;
        if (skip_ == 0) skipped();
      } else if (need_ > 0) {
        field_ = field_ << 8 | data[at++];
        if (--need_ == 0) fielded();
      } else if (on_type(data[at])) {
        ++at;
      }
    }
    return at;
  }

  Verdict verdict() const { return verdict_; }
  /** The number of open objects and arrays. */
  size_t depth() const { return depth_; }

 protected:
  /**
   * A number, a boolean (1 or 0), or the length of a string. `key` is its name in an object, or "" outside of objects.
   */
  virtual void on_value(const std::string& /*key*/, int /*type*/, uint64_t /*raw*/) {}
  /** A string outside of objects: the name of a command. At most its first `most_name` bytes. */
  virtual void on_name(const std::string& /*name*/) {}

 private:
  static constexpr size_t most_name = 64;

  enum class State { value, key, item, element, over };
  /** 0: an object; else the elements of a strict array that are still to come, plus one. */
  using Frame = uint64_t;
  enum Type : int {
    number,
    boolean,
    string,
    object,
    movie_clip,
    null,
    undefined,
    reference,
    ecma_array,
    object_end,
    strict_array,
    date,
    long_string,
    unsupported,
    record_set,
    xml,
    typed_object,
  };

  void need(int bytes, State then) {
    need_ = bytes;
    field_ = 0;
    state_ = then;
  }

  bool push(Frame frame) {
    if (depth_ == most_depth) {
      verdict_ = Verdict::too_deep;
      return false;
    }
    frames_[depth_++] = frame;
    return true;
  }

  void read_key() {
    type_ = -1;
    need(2, State::key);
  }

  /** A value is complete: the next state depends on its container. */
  void valued() {
    type_ = -1;
    while (depth_ > 0 && frames_[depth_ - 1] != 0) {
      if (--frames_[depth_ - 1] > 1) {
        state_ = State::value;
        return;
      }
      --depth_;
    }
    if (depth_ > 0) return read_key();
    state_ = dialect_ == AmfDialect::flvdemux ? State::over : State::value;
  }

  void append_name(const uint8_t* data, size_t size) {
    const size_t room = most_name - name_.size();
    name_.append(reinterpret_cast<const char*>(data), size < room ? size : room);
  }

  /** False: the byte is not taken, since the verdict has fallen. */
  bool on_type(uint8_t type) {
    if (state_ == State::element) {
      // In arrays flvdemux knows numbers; of all other values it takes only the type.
      if (type == number)
        skip_ = 8;
      else
        skipped();
      return true;
    }
    type_ = type;
    if (dialect_ == AmfDialect::flvdemux) return on_flvdemux_type(type);
    switch (type) {
      case number:
        need(8, State::value);
        return true;
      case boolean:
        need(1, State::value);
        return true;
      case string:
      case reference:
        need(2, State::value);
        return true;
      case object:
        if (!push(0)) return false;
        read_key();
        return true;
      case ecma_array:
      case strict_array:
      case long_string:
      case xml:
        need(4, State::value);
        return true;
      case null:
      case undefined:
      case unsupported:
        valued();
        return true;
      case date:
        need(8, State::value);
        return true;
      case typed_object:
        need(2, State::value);
        return true;
      case object_end:
        if (depth_ == 0 || frames_[depth_ - 1] != 0 || !key_.empty()) break;
        --depth_;
        valued();
        return true;
      default:
        break;
    }
    // Also AMF3 behind its mark, which no reader here supports.
    verdict_ = Verdict::unreadable;
    return false;
  }

  bool on_flvdemux_type(uint8_t type) {
    if (depth_ == 0) {
      const bool wanted = titled_ ? type == object || type == ecma_array : type == string;
      if (!wanted) {
        state_ = State::over;
        return true;
      }
    }
    switch (type) {
      case number:
        need(8, State::item);
        return true;
      case boolean:
        need(1, State::item);
        return true;
      case string:
        need(2, State::item);
        return true;
      case ecma_array:
        if (depth_ == most_depth) break;
        need(4, State::item);
        return true;
      case object:
        if (!push(0)) return false;
        read_key();
        return true;
      case object_end:
        if (key_.empty()) --depth_;
        valued();
        return true;
      case strict_array:
        need(4, State::item);
        return true;
      case date:
        skip_ = 10;
        return true;
      default:
        valued();
        return true;
    }
    verdict_ = Verdict::too_deep;
    return false;
  }

  /** All bytes that `need` asked for have come. */
  void fielded() {
    if (state_ == State::key) {
      key_.clear();
      name_.clear();
      naming_ = true;
      skip_ = field_;
      if (skip_ == 0) skipped();
      return;
    }
    switch (type_) {
      case number:
      case boolean:
        on_value(depth_ > 0 ? key_ : std::string(), type_, field_);
        return valued();
      case string:
        if (depth_ > 0) on_value(key_, type_, field_);
        naming_ = depth_ == 0;
        name_.clear();
        break;
      case reference:
        return valued();
      case ecma_array:
        if (push(0)) read_key();
        return;
      case strict_array:
        if (field_ == 0) return valued();
        if (dialect_ == AmfDialect::flvdemux) {
          elements_ = field_;
          state_ = State::element;
          return;
        }
        if (push(field_ + 1)) state_ = State::value;
        return;
      case date:
        skip_ = 2;
        return;
      default:
        break;
    }
    skip_ = field_;
    if (skip_ == 0) skipped();
  }

  /** All bytes of an ignored value have passed. */
  void skipped() {
    const bool named = naming_;
    naming_ = false;
    if (state_ == State::element) {
      if (--elements_ == 0) valued();
      return;
    }
    if (state_ == State::key) {
      key_ = name_;
      state_ = dialect_ == AmfDialect::flvdemux ? State::item : State::value;
      return;
    }
    if (type_ == typed_object) {
      if (push(0)) read_key();
      return;
    }
    if (!named) return valued();
    on_name(name_);
    if (dialect_ == AmfDialect::standard) return valued();
    // flvdemux reads only the metadata.
    titled_ = true;
    state_ = name_ == "onMetaData" ? State::item : State::over;
  }

  AmfDialect dialect_;
  Verdict verdict_ = Verdict::fine;
  State state_ = State::value;
  int type_ = -1;
  int need_ = 0;
  uint64_t field_ = 0;
  uint64_t skip_ = 0;
  uint64_t elements_ = 0;
  bool naming_ = false;
  bool titled_ = false;
  std::string key_, name_;
  size_t depth_ = 0;
  std::array<Frame, most_depth> frames_{};
};

}  // namespace rxgst
