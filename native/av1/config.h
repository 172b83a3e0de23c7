// Makes AV1's configuration record of a sequence header, and tells decoders there which colours the pictures have (AV1
// specification, 5.5.1 and 5.5.2; AV1 Codec ISO Media File Format Binding, 2.3.3). Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "av1/obu.h"
#include "av1/sequence_header.h"

namespace rxgst::av1 {

/** color_primaries, transfer_characteristics and matrix_coefficients, as ISO/IEC 23091-2 numbers them. */
struct Colours {
  uint8_t primaries;
  uint8_t transfer;
  uint8_t matrix;
};
constexpr Colours bt601{6, 6, 6}, bt709{1, 1, 1};

/** The form of samples, and where it stands. */
struct SampleForm {
  SequenceHeader sequence;
  bool high_depth;
  bool twelve_bits;
  bool grey;
  bool half_width;
  bool half_height;
  /** 0: unknown; 1: between two lines and on a column, as MPEG-2 has it; 2: on both. */
  uint32_t chroma_position;
  bool described;
  /** color_description_present_flag and chroma_sample_position, in bits of the payload; 0: there is none. */
  size_t described_at;
  size_t chroma_position_at;
};

namespace config_detail {

/** From the size of pictures to color_config(). */
inline void skip_tools(BitReader& reader, bool still) {
  if (!still && reader.bits(1)) reader.bits(7);
  reader.bits(3);
  if (!still) {
    reader.bits(4);
    const bool ordered = reader.bits(1);
    if (ordered) reader.bits(2);
    const bool screen = reader.bits(1) || reader.bits(1);
    if (screen && !reader.bits(1)) reader.bits(1);
    if (ordered) reader.bits(3);
  }
  reader.bits(3);
}

}  // namespace config_detail

inline std::optional<SampleForm> read_sample_form(const uint8_t* payload, size_t size) {
  BitReader reader = sequence_header_detail::reader_of(payload, size);
  const auto sequence = sequence_header_detail::read_beginning(reader);
  if (!sequence) return std::nullopt;
  SampleForm form{};
  form.sequence = *sequence;
  config_detail::skip_tools(reader, sequence->still);
  form.high_depth = reader.bits(1);
  form.twelve_bits = sequence->profile == 2 && form.high_depth && reader.bits(1);
  form.grey = sequence->profile != 1 && reader.bits(1);
  form.described_at = reader.position();
  form.described = reader.bits(1);
  const uint32_t colours = form.described ? reader.bits(24) : 0;
  // Of pictures in RGB neither the range nor the subsampling is told.
  constexpr uint32_t srgb = 1 << 16 | 13 << 8;
  if (form.grey) {
    form.half_width = form.half_height = true;
    reader.bits(1);
  } else if (colours != srgb) {
    reader.bits(1);
    form.half_width = sequence->profile != 1 && (!form.twelve_bits || reader.bits(1));
    form.half_height = sequence->profile == 0 || (form.twelve_bits && form.half_width && reader.bits(1));
    if (form.half_width && form.half_height) {
      form.chroma_position_at = reader.position();
      form.chroma_position = reader.bits(2);
    }
  }
  if (reader.failed()) return std::nullopt;
  return form;
}

/** The payload of a sequence header that tells these colours, unless it tells some itself; else as it is. */
inline std::vector<uint8_t> with_colours(const uint8_t* payload, size_t size, Colours colours) {
  const auto form = read_sample_form(payload, size);
  if (!form || form->described || form->grey) return {payload, payload + size};
  constexpr size_t added_bytes = 3;
  std::vector<uint8_t> told(size + added_bytes);
  size_t at = 0;
  const auto put = [&](uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i, ++at) told[at / 8] |= static_cast<uint8_t>((value >> i & 1) << (7 - at % 8));
  };
  const auto copy = [&](size_t from, size_t to) {
    for (size_t bit = from; bit < to; ++bit) put(payload[bit / 8] >> (7 - bit % 8) & 1, 1);
  };
  copy(0, form->described_at);
  put(1, 1);
  for (const uint8_t value : {colours.primaries, colours.transfer, colours.matrix}) put(value, 8);
  size_t rest = form->described_at + 1;
  if (form->chroma_position_at > 0 && form->chroma_position == 0) {
    copy(rest, form->chroma_position_at);
    put(1, 2);
    rest = form->chroma_position_at + 2;
  }
  copy(rest, size * 8);
  return told;
}

/** An OBU with its size before its payload. */
inline std::vector<uint8_t> obu_of(ObuType type, const std::vector<uint8_t>& payload) {
  std::vector<uint8_t> bytes{header_of(type)};
  for (size_t left = payload.size();; left >>= 7) {
    bytes.push_back(static_cast<uint8_t>((left & 127) | (left > 127 ? 128 : 0)));
    if (left <= 127) break;
  }
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

/** av1C of a sequence header. None: it cannot be read. */
inline std::optional<std::vector<uint8_t>> record_of(const std::vector<uint8_t>& payload) {
  const auto form = read_sample_form(payload.data(), payload.size());
  if (!form) return std::nullopt;
  const auto bit = [](bool value, int at) { return static_cast<uint8_t>(value << at); };
  std::vector<uint8_t> record{0x81, static_cast<uint8_t>(form->sequence.profile << 5 | form->sequence.level)};
  record.push_back(static_cast<uint8_t>(bit(form->sequence.tier, 7) | bit(form->high_depth, 6) |
                                        bit(form->twelve_bits, 5) | bit(form->grey, 4) | bit(form->half_width, 3) |
                                        bit(form->half_height, 2) | form->chroma_position));
  // No delay of the presentation is told.
  record.push_back(0);
  const auto header = obu_of(sequence_header, payload);
  record.insert(record.end(), header.begin(), header.end());
  return record;
}

}  // namespace rxgst::av1
