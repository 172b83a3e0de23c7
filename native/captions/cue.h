// A cue of captions, and how its text is written. Arithmetic alone.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

namespace rxgst::captions {

enum class CueFormat : uint8_t { cea608, cea708 };

/** Text that a viewer saw from `start_ns` to `end_ns`. */
struct Cue {
  int64_t start_ns;
  int64_t end_ns;
  CueFormat format;
  /** Of CEA-608 1 to 4, CC1 to CC4; of CEA-708 the service's number. */
  int channel;
  std::string text;  // UTF-8; its rows are lines
};

/** Takes a cue that is over. */
using TellCue = std::function<void(Cue)>;

inline void add_utf8(std::string* text, char32_t c) {
  const auto put = [&](char32_t byte) { text->push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 63));
  } else {
    put(0xe0 | (c >> 12 & 15));
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  }
}

/** A row of a screen, 0 where nothing was written, without spaces at its ends; empty: the row has no text. */
inline std::string row_text(std::span<const char32_t> cells) {
  const auto blank = [](char32_t c) { return c == 0 || c == U' ' || c == U'\u00a0'; };
  while (!cells.empty() && blank(cells.front())) cells = cells.subspan(1);
  while (!cells.empty() && blank(cells.back())) cells = cells.first(cells.size() - 1);
  std::string text;
  for (const char32_t c : cells) add_utf8(&text, c == 0 ? U' ' : c);
  return text;
}

inline void add_row(std::string* text, const std::string& row) {
  if (row.empty()) return;
  if (!text->empty()) text->push_back('\n');
  text->append(row);
}

/** A viewer's decoder takes text away that its stream has left standing for so long. */
constexpr int64_t longest_standing_ns = 16'000'000'000;

}  // namespace rxgst::captions
