// Writes numbers most significant byte first, and boxes of ISO BMFF, into growing memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rxgst::mux {

class Bytes {
 public:
  Bytes& u8(uint32_t value) { return put(value, 1); }
  Bytes& u16(uint32_t value) { return put(value, 2); }
  Bytes& u24(uint32_t value) { return put(value, 3); }
  Bytes& u32(uint32_t value) { return put(value, 4); }
  Bytes& u64(uint64_t value) { return put(value, 8); }
  Bytes& zeros(size_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  Bytes& add(std::span<const uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Bytes& name(const char (&four)[5]) {
    for (int i = 0; i < 4; ++i) bytes_.push_back(static_cast<uint8_t>(four[i]));
    return *this;
  }

  /** Begins a box, which end() closes. Boxes lie within each other. */
  Bytes& box(const char (&four)[5]) {
    open_.push_back(bytes_.size());
    return u32(0).name(four);
  }
  Bytes& full_box(const char (&four)[5], uint32_t version, uint32_t flags) { return box(four).u8(version).u24(flags); }
  Bytes& end() {
    const size_t at = open_.back();
    open_.pop_back();
    set_u32(at, static_cast<uint32_t>(bytes_.size() - at));
    return *this;
  }

  void set_u32(size_t at, uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes_[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
  }
  size_t size() const { return bytes_.size(); }
  const uint8_t* data() const { return bytes_.data(); }
  void clear() { bytes_.clear(); }

 private:
  Bytes& put(uint64_t value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) bytes_.push_back(static_cast<uint8_t>(value >> shift));
    return *this;
  }

  std::vector<uint8_t> bytes_;
  std::vector<size_t> open_;
};

}  // namespace rxgst::mux
