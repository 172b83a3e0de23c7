// Reads the decoder configuration record of HEVC, hvcC (ISO/IEC 14496-15, 8.3.3.1). Arithmetic alone: no GStreamer.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rxgst::hevc {

/** Bytes before the first list of parameter sets. */
constexpr size_t record_head_bytes = 23;

/** Some writers leave the version at 0; libav takes both. */
inline bool is_record(const uint8_t* data, size_t size) { return size >= record_head_bytes && data[0] <= 1; }

/** Bytes of the length before each NAL unit. */
inline int length_size_of(const uint8_t* record) { return (record[21] & 3) + 1; }

enum class Sets { whole, torn, stopped };

/** Calls on_set(nal, size) for each parameter set, until it returns false. Torn: the record ends within one. */
template <class OnSet>
Sets each_set(const uint8_t* record, size_t size, OnSet&& on_set) {
  size_t at = record_head_bytes;
  for (int lists = record[at - 1]; lists > 0; --lists) {
    if (size - at < 3) return Sets::torn;
    int sets = record[at + 1] << 8 | record[at + 2];
    at += 3;
    for (; sets > 0; --sets) {
      if (size - at < 2) return Sets::torn;
      const size_t length = size_t{record[at]} << 8 | record[at + 1];
      at += 2;
      if (length > size - at) return Sets::torn;
      if (!on_set(record + at, length)) return Sets::stopped;
      at += length;
    }
  }
  return Sets::whole;
}

}  // namespace rxgst::hevc
