// Reads CEA-708 (CTA-708-E): packets of the caption channel, the blocks of services in them, and their codes.
// Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "captions/cea708_service.h"

namespace rxgst::captions {

class Cea708 {
 public:
  explicit Cea708(const TellCue& tell) : tell_(tell) {}

  /** A triple of type packet_start or packet_data. */
  void add(bool start, uint8_t first, uint8_t second, int64_t at) {
    if (start) packet_.clear();
    // Before a packet begins, the rest of another one may come.
    if (!start && packet_.empty()) return;
    packet_.push_back(first);
    packet_.push_back(second);
    const size_t code = packet_[0] & 63;
    const size_t size = code == 0 ? 128 : code * 2;
    if (packet_.size() < size) return;
    read_packet(std::span(packet_).subspan(1, size - 1), at);
    packet_.clear();
  }
  void pass(int64_t at) {
    for (auto& [number, service] : services_) service.pass(at);
  }
  void finish(int64_t at) {
    for (auto& [number, service] : services_) service.finish(at);
    services_.clear();
    packet_.clear();
  }

 private:
  void read_packet(std::span<const uint8_t> bytes, int64_t at) {
    constexpr int extended = 7;
    while (!bytes.empty()) {
      int number = bytes[0] >> 5;
      const size_t size = bytes[0] & 31;
      bytes = bytes.subspan(1);
      if (number == extended && size > 0) {
        if (bytes.empty()) return;
        number = bytes[0] & 63;
        bytes = bytes.subspan(1);
      }
      if (number == 0 || size > bytes.size()) return;
      if (size > 0) read_block(services_.try_emplace(number, number, tell_).first->second, bytes.first(size), at);
      bytes = bytes.subspan(size);
    }
  }

  /** No code goes over into the next block. */
  static void read_block(Cea708Service& service, std::span<const uint8_t> bytes, int64_t at) {
    while (!bytes.empty()) {
      const uint8_t code = bytes[0];
      const size_t size = code == extension ? extended_size(bytes) : code_size(code);
      if (size > bytes.size()) return;
      if (code == extension)
        read_extended(service, bytes[1], at);
      else if (code == wide_letter)
        service.letter(wide_letter_of(bytes[1], bytes[2]), at);
      else if (code < 0x20)
        service.control(code, at);
      else if (code >= 0x80 && code < 0xa0)
        service.command(code, bytes.data() + 1, at);
      else
        service.letter(code == 0x7f ? U'♪' : code, at);
      bytes = bytes.subspan(size);
    }
  }

  static constexpr uint8_t extension = 0x10, wide_letter = 0x18;

  /** Of Unicode. A control character or half of a letter is none: text for JavaScript has whole ones. */
  static char32_t wide_letter_of(uint8_t high, uint8_t low) {
    const auto c = static_cast<char32_t>(high << 8 | low);
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0), half = c >= 0xd800 && c < 0xe000;
    return control || half ? U'_' : c;
  }

  /** A code with what follows it. */
  static size_t code_size(uint8_t code) {
    if (code >= 0x98 && code < 0xa0) return 7;
    switch (code) {
      case 0x88:
      case 0x89:
      case 0x8a:
      case 0x8b:
      case 0x8c:
      case 0x8d:
        return 2;
      case 0x90:
      case 0x92:
        return 3;
      case 0x91:
        return 4;
      case 0x97:
        return 5;
      default:
        return code < 0x10 || code >= 0x20 ? 1 : code < 0x18 ? 2 : 3;
    }
  }
  /** Of the extended sets, which no commands of today use. */
  static size_t extended_size(std::span<const uint8_t> bytes) {
    if (bytes.size() < 2) return 2;
    const uint8_t code = bytes[1];
    if (code < 0x20) return 2 + static_cast<size_t>(code >> 3);
    if (code < 0x80 || code >= 0xa0) return 2;
    if (code < 0x90) return code < 0x88 ? 6 : 7;
    return bytes.size() < 3 ? 3 : 3 + static_cast<size_t>(bytes[2] & 31);
  }
  static void read_extended(Cea708Service& service, uint8_t code, int64_t at) {
    const char32_t letter = extended_letter(code);
    if (letter != 0) service.letter(letter, at);
  }
  /** Set G2, and of G3 its only sign. */
  static char32_t extended_letter(uint8_t code) {
    switch (code) {
      case 0x20:
      case 0x21:
        return U' ';
      case 0x25:
        return U'…';
      case 0x2a:
        return U'Š';
      case 0x2c:
        return U'Œ';
      case 0x30:
        return U'█';
      case 0x31:
        return U'‘';
      case 0x32:
        return U'’';
      case 0x33:
        return U'“';
      case 0x34:
        return U'”';
      case 0x35:
        return U'•';
      case 0x39:
        return U'™';
      case 0x3a:
        return U'š';
      case 0x3c:
        return U'œ';
      case 0x3d:
        return U'℠';
      case 0x3f:
        return U'Ÿ';
      case 0x76:
        return U'⅛';
      case 0x77:
        return U'⅜';
      case 0x78:
        return U'⅝';
      case 0x79:
        return U'⅞';
      default:
        // A letter that this set has not: a viewer sees an underscore.
        return (code > 0x21 && code < 0x80) || code > 0xa0 ? U'_' : 0;
    }
  }

  const TellCue& tell_;
  std::vector<uint8_t> packet_;
  std::map<int, Cea708Service> services_;  // 1 to 63
};

}  // namespace rxgst::captions
