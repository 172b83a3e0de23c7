// What the readers of AMF0 and AMF3 share: a place in the bytes, and what may still be kept.
#pragma once
#include <algorithm>
#include <string_view>

#include "rtmp/amf/reader.h"

namespace rxgst::amf {

/** Of one message. Recursion is bounded by `Limits::depth`. */
class Reading {
 public:
  Reading(std::span<const uint8_t> bytes, const Limits& limits)
      : bytes_(bytes),
        limits_(limits),
        values_left_(limits.values),
        text_left_(limits.text_bytes),
        again_left_(bytes.size() * 4 + least_again_bytes) {}

  const Limits& limits() const { return limits_; }

  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }
  bool over() const { return stopped_ || at_ == bytes_.size(); }
  void go_to(size_t at) { at_ = at; }

  /** False, for callers to return: nothing further can be read. */
  bool fail(const char* what) {
    if (!stopped_) wrong_ = what;
    stopped_ = true;
    return false;
  }

  /** False, as `fail`; beyond a limit. */
  bool stop_at_limit(const char* what) {
    truncated_ = true;
    return fail(what);
  }

  /** Whether so many bytes are there. */
  bool need(size_t count) {
    if (left() >= count) return true;
    if (!stopped_) (depth_ > 0 ? unfinished_ : cut_) = true;
    stopped_ = true;
    return false;
  }

  bool byte(uint8_t* out) {
    if (!need(1)) return false;
    *out = bytes_[at_++];
    return true;
  }

  bool number(int count, uint32_t* out) {
    if (!need(static_cast<size_t>(count))) return false;
    *out = 0;
    for (int i = 0; i < count; ++i) *out = *out << 8 | bytes_[at_++];
    return true;
  }

  bool real(double* out);

  bool text(size_t size, std::string_view* out) {
    if (!need(size)) return false;
    *out = {reinterpret_cast<const char*>(bytes_.data()) + at_, size};
    at_ += size;
    return true;
  }

  /** Copies a text, as long as there is room. */
  void keep(std::string_view text, std::string* out) {
    if (text.size() > text_left_) {
      truncated_ = true;
      text_left_ = 0;
      return;
    }
    text_left_ -= text.size();
    *out = text;
  }

  /** A place for one more value in `parent`; null, where it is only to be read over. */
  Value* place(Value* parent) {
    if (!parent || !spend()) return nullptr;
    return &parent->items.emplace_back();
  }
  Value* place(Value* parent, std::string_view name) {
    // Without room for its name a value is not kept.
    if (name.size() > text_left_) {
      truncated_ = parent || truncated_;
      return nullptr;
    }
    Value* const value = place(parent);
    if (value) keep(name, &parent->names.emplace_back());
    return value;
  }
  Value* place(std::vector<Value>* values) { return spend() ? &values->emplace_back() : nullptr; }

  /**
   * Whether an object of so many bytes may be read once more. What a reference brings may have no place, and so spend
   * neither values nor text: this alone keeps the time for all references in line with the size of the message.
   */
  bool read_again(size_t bytes) {
    // Where something was left out already, more of it is worth no time.
    if (truncated_ || bytes > again_left_) {
      truncated_ = true;
      return false;
    }
    again_left_ -= bytes;
    return true;
  }

  bool enter() {
    if (depth_ == limits_.depth) {
      deep_ = true;
      return fail("nests too deeply");
    }
    ++depth_;
    return true;
  }
  void leave() { --depth_; }

  void finish(Read* out) const {
    out->wrong = wrong_ ? wrong_ : cut_ ? "ends within a value" : nullptr;
    out->deep = deep_;
    out->truncated = truncated_;
    out->unfinished = unfinished_;
  }

 private:
  bool spend() {
    if (values_left_ == 0) {
      truncated_ = true;
      return false;
    }
    --values_left_;
    return true;
  }

  /** Small messages may refer often. */
  static constexpr size_t least_again_bytes = 64 << 10;

  std::span<const uint8_t> bytes_;
  Limits limits_;
  size_t at_ = 0;
  size_t values_left_, text_left_, again_left_;
  int depth_ = 0;
  const char* wrong_ = nullptr;
  bool stopped_ = false, deep_ = false, cut_ = false, unfinished_ = false, truncated_ = false;
};

/**
 * Objects in the order in which they begin, by their place in the bytes. A reference is read once more there: so it
 * costs what its object costs, and the limits bound both (`Reading::read_again` the time).
 */
class References {
 public:
  static constexpr size_t most = 65'536;

  struct Place {
    size_t from, to;
    uint8_t marker;
  };

  /** False: there are too many. While an object is read again, nothing is noted. */
  bool open(size_t from, uint8_t marker, size_t* index) {
    *index = places_.size();
    if (again_ > 0) return true;
    if (places_.size() == most) return false;
    places_.push_back({from, 0, marker});
    return true;
  }
  void close(size_t index, size_t to) {
    if (again_ == 0) places_[index].to = to;
  }

  /**
   * Reads what a reference at the present place means: `read` is given the marker, with the place of its content as the
   * present one. Nothing is read where there is no such object, where it is still open, or where nothing is kept.
   */
  template <class ReadAgain>
  bool refer(Reading* in, size_t index, const Value* out, ReadAgain read) {
    const size_t here = in->at();
    if (!out || index >= places_.size()) return true;
    const Place place = places_[index];
    // An object that refers to itself would be read for ever; behind it, a reference ends two bytes later at least.
    if (place.to == 0 || (place.from <= here && here <= place.to)) return true;
    if (!in->read_again(place.to - place.from)) return true;
    ++again_;
    in->go_to(place.from);
    const bool fine = read(place.marker);
    in->go_to(here);
    --again_;
    return fine;
  }

  bool reading_again() const { return again_ > 0; }

 private:
  std::vector<Place> places_;
  int again_ = 0;
};

/** One value of AMF3, with tables of its own; `out` null: it is read over. */
bool read_amf3_value(Reading* reading, Value* out);

}  // namespace rxgst::amf
