#include "h264/sei.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace rxgst {
namespace {

constexpr std::array<uint8_t, 16> uuid = {0x7d, 0x1f, 0x4b, 0xe3, 0x52, 0xa8, 0x4c, 0x96,
                                          0x9e, 0x37, 0xc1, 0x6a, 0x85, 0x2d, 0xf0, 0x41};
constexpr uint8_t nal_slice = 1, nal_idr = 5, nal_sei = 6;
constexpr uint8_t sei_user_data = 5;
constexpr size_t payload_size = uuid.size() + 8;
// A stamp lies within this: 2 bytes of header, the payload, and at most one byte more for every two.
constexpr size_t longest_stamp = 2 + payload_size * 3 / 2 + 2;
constexpr size_t length_bytes = 4;

bool is_slice(uint8_t type) { return type >= nal_slice && type <= nal_idr; }

size_t read_length(const uint8_t* data, size_t bytes) {
  size_t length = 0;
  for (size_t i = 0; i < bytes; ++i) length = length << 8 | data[i];
  return length;
}

/** Calls use(type, at, length) for each NAL unit until it says no; a length that leads out of the data ends it. */
template <class Use>
void each_nal(const uint8_t* data, size_t size, size_t length_size, Use use) {
  for (size_t at = 0; at + length_size < size;) {
    const size_t length = read_length(data + at, length_size);
    at += length_size;
    if (length == 0 || length > size - at) return;
    if (!use(static_cast<uint8_t>(data[at] & 31), at, length)) return;
    at += length;
  }
}

}  // namespace

std::vector<uint8_t> stamp_nal(int64_t unix_us) {
  std::array<uint8_t, payload_size> payload;
  std::copy(uuid.begin(), uuid.end(), payload.begin());
  for (size_t i = 0; i < 8; ++i)
    payload[uuid.size() + i] = static_cast<uint8_t>(static_cast<uint64_t>(unix_us) >> (56 - 8 * i));
  std::vector<uint8_t> nal = {nal_sei, sei_user_data, payload_size};
  int zeros = 0;
  for (const uint8_t byte : payload) {
    // Two zeros and a byte up to 3 would be, or hide, a start code (7.4.1).
    if (zeros == 2 && byte <= 3) {
      nal.push_back(3);
      zeros = 0;
    }
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  nal.push_back(0x80);
  return nal;
}

BufferRef stamped(GstBuffer* packet, int64_t unix_us) {
  GstMapInfo map;
  if (!gst_buffer_map(packet, &map, GST_MAP_READ)) return nullptr;
  const size_t size = map.size;
  size_t slice = size;
  each_nal(map.data, map.size, length_bytes, [&](uint8_t type, size_t at, size_t) {
    if (is_slice(type)) slice = at - length_bytes;
    return !is_slice(type);
  });
  gst_buffer_unmap(packet, &map);
  if (slice == size) return nullptr;

  const std::vector<uint8_t> nal = stamp_nal(unix_us);
  GstBuffer* sei = gst_buffer_new_allocate(nullptr, length_bytes + nal.size(), nullptr);
  const uint8_t length[length_bytes] = {0, 0, static_cast<uint8_t>(nal.size() >> 8), static_cast<uint8_t>(nal.size())};
  gst_buffer_fill(sei, 0, length, length_bytes);
  gst_buffer_fill(sei, length_bytes, nal.data(), nal.size());
  BufferRef result(gst_buffer_copy_region(packet, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1)));
  if (slice > 0) gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, 0, slice);
  result.reset(gst_buffer_append(result.release(), sei));
  gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, slice, size - slice);
  return result;
}

std::optional<int64_t> read_stamp(const uint8_t* data, size_t size, size_t length_size) {
  std::optional<int64_t> found;
  each_nal(data, size, length_size, [&](uint8_t type, size_t at, size_t length) {
    if (type != nal_sei) return !is_slice(type);
    // Other users' SEI may be long; ours is short, and alone in its NAL unit.
    if (length > longest_stamp) return true;
    std::array<uint8_t, longest_stamp> plain;
    size_t count = 0;
    int zeros = 0;
    for (size_t i = 1; i < length; ++i) {
      const uint8_t byte = data[at + i];
      if (zeros == 2 && byte == 3) {
        zeros = 0;
        continue;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      plain[count++] = byte;
    }
    if (count < 2 + payload_size || plain[0] != sei_user_data || plain[1] != payload_size) return true;
    if (!std::equal(uuid.begin(), uuid.end(), plain.begin() + 2)) return true;
    uint64_t value = 0;
    for (size_t i = 0; i < 8; ++i) value = value << 8 | plain[2 + uuid.size() + i];
    found = static_cast<int64_t>(value);
    return false;
  });
  return found;
}

}  // namespace rxgst
