// How many pictures may stand before one that is shown earlier than they are. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "h264/avc_config.h"
#include "hevc/config.h"
#include "hevc/nal.h"
#include "hevc/sequence_set.h"

namespace rxgst::mux {

/** Of most encoders: where a stream does not tell. */
constexpr size_t usual_depth = 2;

/** `record`: avcC. */
inline size_t h264_depth(std::span<const uint8_t> record) {
  constexpr uint32_t baseline = 66;
  if (!is_avc_config(record.data(), record.size())) return usual_depth;
  const auto sets = sequence_sets(record.data(), record.size());
  if (sets.empty()) return usual_depth;
  size_t depth = 0;
  for (const CodedSize& set : sets)
    depth = std::max<size_t>(depth, set.profile == baseline ? 0 : set.reorder.value_or(usual_depth));
  return depth;
}

/** `record`: hvcC. */
inline size_t hevc_depth(std::span<const uint8_t> record) {
  if (!hevc::is_record(record.data(), record.size())) return usual_depth;
  size_t depth = 0;
  bool some = false;
  hevc::each_set(record.data(), record.size(), [&](const uint8_t* nal, size_t size) {
    if (size <= hevc::header_bytes || hevc::unit_type(nal) != hevc::sequence_set_unit) return true;
    const auto set = hevc::read_sequence_set(nal, size);
    if (set) depth = std::max<size_t>(depth, set->reorder.value_or(usual_depth));
    some = some || set.has_value();
    return true;
  });
  return some ? depth : usual_depth;
}

}  // namespace rxgst::mux
