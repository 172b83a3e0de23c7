// Bytes that are read, and bytes that somebody holds.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rxgst::rtmp {

using Bytes = std::span<const uint8_t>;

/** A received message, or a mapped buffer of somebody else's: the bytes live as long as the owner. */
struct Payload {
  Bytes bytes;
  std::shared_ptr<const void> owner;
  /** Memory that the owner keeps: more than `bytes` has, where these are a part. 0: nobody said. */
  size_t owner_bytes = 0;

  static Payload of(std::vector<uint8_t> content) {
    const auto held = std::make_shared<const std::vector<uint8_t>>(std::move(content));
    return {Bytes(*held), held, held->size()};
  }
  static Payload copy_of(Bytes content) { return of({content.begin(), content.end()}); }
  /** A part of the same bytes. */
  Payload part(size_t from, size_t count) const { return {bytes.subspan(from, count), owner, owner_bytes}; }
  /** A part that keeps at most twice its own size in memory: a smaller part is a copy. */
  Payload small_part(size_t from, size_t count) const {
    return count < owner_bytes / 2 ? copy_of(bytes.subspan(from, count)) : part(from, count);
  }
};

/** A big-endian number of `count` bytes, which must be there. */
inline uint32_t number_at(const uint8_t* data, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | data[i];
  return value;
}

inline double double_at(const uint8_t* data) {
  const uint64_t bits = uint64_t{number_at(data, 4)} << 32 | number_at(data + 4, 4);
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline void put_number(uint8_t* data, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) data[i] = static_cast<uint8_t>(value >> 8 * (count - 1 - i));
}

inline void append_number(std::vector<uint8_t>* out, uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out->push_back(static_cast<uint8_t>(value >> 8 * i));
}

inline void append_text(std::vector<uint8_t>* out, std::string_view text) {
  out->insert(out->end(), text.begin(), text.end());
}

inline std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace rxgst::rtmp
