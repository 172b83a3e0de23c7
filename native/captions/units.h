// Where pictures of each codec carry captions: SEI of H.264 and HEVC, metadata of AV1. Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "av1/config.h"
#include "av1/obu.h"
#include "captions/cc_data.h"
#include "h264/access_unit.h"
#include "h264/bits.h"
#include "h264/nal.h"
#include "h264/sei.h"
#include "hevc/nal.h"

namespace rxgst::captions {

enum class Syntax : uint8_t { none, h264, hevc, av1 };

/** How the packets of a stream are written. */
struct PacketForm {
  Syntax syntax = Syntax::none;
  /** Bytes of a NAL unit's length; 0: start codes. */
  int length_size = 0;
};

/** payload type of registered user data, in H.264 and in HEVC. */
constexpr size_t registered_message = 4;
/** metadata_type of the same in AV1. */
constexpr uint8_t registered_metadata = 4;

namespace units_detail {

/** @param last the last byte of the unit's header */
inline void read_unit(const uint8_t* last, size_t size, CcData* to) {
  const std::vector<uint8_t> bytes = unescaped(last, size);
  each_message(
      bytes,
      [&](size_t type, std::span<const uint8_t> payload) {
        if (type == registered_message) read_message(payload, to);
      },
      SIZE_MAX);
}

/** False: captions stand before here. */
inline bool see_unit(const uint8_t* nal, size_t size, bool hevc, CcData* to) {
  if (size < 2) return size > 0;
  if (!hevc) {
    if (unit_type(nal) == message_unit) read_unit(nal, size, to);
    return !is_slice(nal);
  }
  const int type = hevc::unit_type(nal);
  if (type == hevc::prefix_message_unit) read_unit(nal + 1, size - 1, to);
  return !hevc::is_slice(type);
}

}  // namespace units_detail

/** Adds the captions of a picture. */
inline void read_captions(const uint8_t* data, size_t size, const PacketForm& form, CcData* to) {
  const bool hevc = form.syntax == Syntax::hevc;
  switch (form.syntax) {
    case Syntax::none:
      return;
    case Syntax::av1:
      av1::each_obu(data, size, [&](const av1::Obu& obu) {
        if (obu.type == av1::metadata && obu.payload_size > 1 && obu.payload[0] == registered_metadata)
          read_message({obu.payload + 1, obu.payload_size - 1}, to);
      });
      return;
    default:
      break;
  }
  if (form.length_size > 0) {
    each_length(data, size, static_cast<size_t>(form.length_size), [&](size_t, size_t length, const uint8_t* nal) {
      return units_detail::see_unit(nal, length, hevc, to);
    });
    return;
  }
  bool before = true;
  each_started_unit(data, size, false, [&](const uint8_t* nal, size_t length) {
    before = before && units_detail::see_unit(nal, length, hevc, to);
  });
}

/** The captions as a unit of a picture, without a length before it; of AV1 with its size. */
inline std::vector<uint8_t> caption_unit(std::span<const uint8_t> triples, Syntax syntax) {
  const std::vector<uint8_t> message = message_of(triples);
  if (syntax == Syntax::hevc) {
    const auto header = hevc::header_of(hevc::prefix_message_unit);
    return sei_detail::message_behind({header.begin(), header.end()}, registered_message, message);
  }
  if (syntax == Syntax::h264) return sei_detail::message_behind({message_unit}, registered_message, message);
  std::vector<uint8_t> payload{registered_metadata};
  payload.insert(payload.end(), message.begin(), message.end());
  payload.push_back(0x80);
  return av1::obu_of(av1::metadata, payload);
}

}  // namespace rxgst::captions
