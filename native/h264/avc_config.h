// Reads the decoder configuration record, avcC (ISO/IEC 14496-15, 5.2.4.1), which caps carry as `codec_data`: the
// parameter sets of a stream whose NAL units stand behind lengths. Arithmetic alone: no GStreamer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "h264/sps.h"

namespace rxgst {

/** libav reads a record of another version as start codes. */
inline bool is_avc_config(const uint8_t* data, size_t size) { return size >= 6 && data[0] == 1; }

/** Bytes of the length before each NAL unit; 0: the record is too short to say so. */
inline int nal_length_size(const uint8_t* data, size_t size) { return size >= 5 ? (data[4] & 3) + 1 : 0; }

enum class AvcLists { sequence_sets, all_sets };
enum class AvcSets { whole, torn, stopped };

/**
 * Calls on_set(nal, size) for each parameter set behind its length, also for an empty one, until on_set returns false.
 * A record may end before any of its lists. Torn: it ends within a set.
 */
template <class OnSet>
AvcSets each_parameter_set(const uint8_t* data, size_t size, AvcLists lists, OnSet&& on_set) {
  constexpr int sequence_set_bits = 31, picture_set_bits = 255;
  size_t at = 5;
  for (const int mask : {sequence_set_bits, picture_set_bits}) {
    if (at >= size || (mask == picture_set_bits && lists == AvcLists::sequence_sets)) break;
    for (int sets = data[at++] & mask; sets > 0; --sets) {
      if (size - at < 2) return AvcSets::torn;
      const size_t length = size_t{data[at]} << 8 | data[at + 1];
      at += 2;
      if (length > size - at) return AvcSets::torn;
      if (!on_set(data + at, length)) return AvcSets::stopped;
      at += length;
    }
  }
  return AvcSets::whole;
}

/** The coded sizes of its sequence parameter sets. Empty: there are none, or one of them cannot be read. */
inline std::vector<CodedSize> sequence_sets(const uint8_t* data, size_t size) {
  std::vector<CodedSize> sets;
  const auto add = [&](const uint8_t* nal, size_t length) {
    const auto set = coded_size(nal, length);
    if (set) sets.push_back(*set);
    return set.has_value();
  };
  if (each_parameter_set(data, size, AvcLists::sequence_sets, add) != AvcSets::whole) sets.clear();
  return sets;
}

}  // namespace rxgst
