// The windows of one service of CEA-708 captions, and the cues that they show. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "captions/cue.h"

namespace rxgst::captions {

/**
 * One window. A cue is what its rows show until they are taken away; where a row ends while the window is seen (roll-up
 * captions), it is a cue by itself.
 */
class Cea708Window {
 public:
  static constexpr int most_rows = 15, most_columns = 42;

  bool defined = false;
  bool visible = false;

  void define(bool shown, int64_t at) {
    if (!defined) rows_ = {};
    defined = true;
    if (shown) show(at);
  }
  void letter(char32_t c, int64_t at) {
    auto& cells = rows_[static_cast<size_t>(row_)];
    if (cells.size() <= static_cast<size_t>(column_)) cells.resize(static_cast<size_t>(column_) + 1);
    cells[static_cast<size_t>(column_)] = c;
    column_ = std::min(column_ + 1, most_columns - 1);
    if (visible && c != U' ' && !since) since = at;
  }
  void back() {
    column_ = std::max(column_ - 1, 0);
    auto& cells = rows_[static_cast<size_t>(row_)];
    if (cells.size() > static_cast<size_t>(column_)) cells.resize(static_cast<size_t>(column_));
  }
  void begin_row() {
    rows_[static_cast<size_t>(row_)].clear();
    column_ = 0;
  }
  /** The pen goes to another place, where what follows is written. */
  void place(int row, int column) {
    row_ = std::clamp(row, 0, most_rows - 1);
    column_ = std::clamp(column, 0, most_columns - 1);
  }
  /** Hidden, the next row begins below. */
  void end_row() {
    column_ = 0;
    if (visible)
      rows_ = {};
    else if (row_ < most_rows - 1)
      ++row_;
    if (visible) row_ = 0;
  }
  void show(int64_t at) {
    if (visible) return;
    visible = true;
    if (!text().empty()) since = at;
  }
  void clear() {
    rows_ = {};
    row_ = column_ = 0;
  }
  std::string text() const {
    std::string all;
    for (const auto& cells : rows_) add_row(&all, row_text(cells));
    return all;
  }

  /** When text appeared that has not been told. */
  std::optional<int64_t> since;

 private:
  std::array<std::vector<char32_t>, most_rows> rows_;
  int row_ = 0, column_ = 0;
};

/** What a service of captions is told (CTA-708-E, 7 and 8), letter by letter and command by command. */
class Cea708Service {
 public:
  Cea708Service(int number, const TellCue& tell) : number_(number), tell_(tell) {}

  void letter(char32_t c, int64_t at) {
    last_ = at;
    if (window().defined) window().letter(c, at);
  }
  /** Control codes C0. */
  void control(uint8_t code, int64_t at) {
    constexpr uint8_t backspace = 0x08, form_feed = 0x0c, carriage_return = 0x0d, line_begin = 0x0e;
    last_ = at;
    if (code == backspace) return window().back();
    if (code == line_begin) return window().begin_row();
    if (code != form_feed && code != carriage_return) return;
    if (window().visible) end_cue(window(), at);
    if (code == form_feed)
      window().clear();
    else
      window().end_row();
  }
  /** Commands C1, with what follows them. */
  void command(uint8_t code, const uint8_t* with, int64_t at) {
    constexpr uint8_t clear = 0x88, display = 0x89, hide = 0x8a, toggle = 0x8b, erase = 0x8c, reset = 0x8f, pen = 0x92,
                      define = 0x98;
    last_ = at;
    if (code < clear) {
      current_ = code & 7;
    } else if (code >= define) {
      current_ = code & 7;
      window().define(with[0] & 0x20, at);
    } else if (code == pen) {
      window().place(with[0] & 15, with[1] & 63);
    } else if (code == reset) {
      for (auto& one : windows_) remove(one, at);
    } else if (code >= clear && code <= erase) {
      for (size_t i = 0; i < windows_.size(); ++i) {
        auto& one = windows_[i];
        if (!(with[0] >> i & 1)) continue;
        const bool shows = code == display || (code == toggle && !one.visible);
        if (code == erase) {
          remove(one, at);
        } else if (code == clear) {
          end_cue(one, at);
          one.clear();
        } else if (shows) {
          if (one.defined) one.show(at);
        } else if (code == hide || code == toggle) {
          end_cue(one, at);
          one.visible = false;
        }
      }
    }
  }
  void pass(int64_t at) {
    if (at - last_ < longest_standing_ns) return;
    for (auto& one : windows_) {
      if (one.since) end_cue(one, last_ + longest_standing_ns);
    }
  }
  void finish(int64_t at) {
    for (auto& one : windows_) remove(one, at);
  }

 private:
  Cea708Window& window() { return windows_[current_]; }
  void remove(Cea708Window& one, int64_t at) {
    end_cue(one, at);
    one = {};
  }
  void end_cue(Cea708Window& one, int64_t at) {
    if (!one.since) return;
    const int64_t start = *std::exchange(one.since, std::nullopt);
    std::string text = one.text();
    if (!text.empty()) tell_({start, std::max(start, at), CueFormat::cea708, number_, std::move(text)});
  }

  const int number_;
  const TellCue& tell_;
  std::array<Cea708Window, 8> windows_;
  size_t current_ = 0;
  int64_t last_ = 0;
};

}  // namespace rxgst::captions
