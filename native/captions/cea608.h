// Reads CEA-608 (CTA-608-E): the pairs of bytes of both fields of line 21, and so four channels. Arithmetic alone.
#pragma once
#include <array>
#include <bit>
#include <cstdint>

#include "captions/cea608_channel.h"
#include "captions/cea608_letters.h"

namespace rxgst::captions {

/** One field: two channels that take turns, and in field 2 data about the program (XDS), which are left out. */
class Cea608Field {
 public:
  Cea608Field(bool second, const TellCue& tell)
      : second_(second), channels_{Cea608Channel(second ? 3 : 1, tell), Cea608Channel(second ? 4 : 2, tell)} {}

  void pair(uint8_t first, uint8_t second, int64_t at) {
    if (!is_odd(first)) return forget();
    const bool whole = is_odd(second);
    first &= 127;
    second &= 127;
    if (first >= 0x10 && first < 0x20) return whole ? control(first, second, at) : forget();
    forget();
    if (first > 0 && first < 0x10) {
      program_data_ = second_ && first != end_of_program_data;
      return;
    }
    if (program_data_) return;
    if (first >= 0x20) channel().letter(basic_letter(first), at);
    if (whole && second >= 0x20) channel().letter(basic_letter(second), at);
  }
  void pass(int64_t at) {
    for (auto& channel : channels_) channel.pass(at);
  }
  void finish(int64_t at) {
    for (auto& channel : channels_) channel.finish(at);
    forget();
  }

 private:
  static constexpr uint8_t end_of_program_data = 0x0f;

  static bool is_odd(uint8_t byte) { return std::popcount(byte) % 2 == 1; }
  Cea608Channel& channel() { return channels_[current_]; }
  void forget() { repeated_ = 0; }

  void control(uint8_t first, uint8_t second, int64_t at) {
    // Each control code is sent twice, since the first one may be damaged.
    const auto code = static_cast<uint16_t>(first << 8 | second);
    if (code == repeated_) return forget();
    repeated_ = code;
    program_data_ = false;
    current_ = first >> 3 & 1;
    first &= 0xf7;
    if (second >= 0x40)
      place(first, second, at);
    else if (second >= 0x20)
      letter_or_command(first, second, at);
  }

  /** A preamble address code: row, and a column or a colour. */
  void place(uint8_t first, uint8_t second, int64_t at) {
    constexpr std::array<int, 8> first_rows{11, 1, 3, 12, 14, 5, 7, 9};
    const bool lower = second & 0x20;
    const int row = first_rows[first & 7] + (lower && first != 0x10 ? 1 : 0) - 1;
    const int column = second & 0x10 ? (second >> 1 & 7) * 4 : 0;
    channel().place(row, column, at);
  }

  void letter_or_command(uint8_t first, uint8_t second, int64_t at) {
    switch (first) {
      case 0x11:
        // A change of style stands on the screen as a space.
        return channel().letter(second >= 0x30 ? special_letters[second - 0x30] : U' ', at);
      case 0x12:
        return channel().better_letter(spanish_letters[second - 0x20], at);
      case 0x13:
        return channel().better_letter(german_letters[second - 0x20], at);
      case 0x14:
      case 0x15:
        return second < 0x30 ? channel().command(second, at) : void();
      case 0x17:
        return second >= 0x21 && second <= 0x23 ? channel().tab(second - 0x20) : void();
      default:
        return;
    }
  }

  const bool second_;
  std::array<Cea608Channel, 2> channels_;
  size_t current_ = 0;
  uint16_t repeated_ = 0;  // the control code that may come once more
  bool program_data_ = false;
};

}  // namespace rxgst::captions
