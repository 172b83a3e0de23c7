// The screen of one channel of CEA-608 captions, and the cues that it shows. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "captions/cue.h"

namespace rxgst::captions {

/** 15 rows of 32 letters. */
class Screen {
 public:
  static constexpr int rows = 15, columns = 32;
  using Row = std::array<char32_t, columns>;

  Row& operator[](int row) { return cells_[static_cast<size_t>(row)]; }
  void clear() { cells_ = {}; }
  std::string text() const {
    std::string all;
    for (const Row& row : cells_) add_row(&all, row_text(row));
    return all;
  }

 private:
  std::array<Row, rows> cells_{};
};

/**
 * One of CC1 to CC4. A cue is text as it stands on the screen: of pop-on and paint-on captions the whole screen, of
 * roll-up captions each row, since a row is whole when the next one begins.
 */
class Cea608Channel {
 public:
  /** Miscellaneous control codes, the second byte (CTA-608-E, table 52). */
  enum Command : uint8_t {
    resume_loading = 0x20,
    backspace = 0x21,
    delete_to_end = 0x24,
    roll_up_2 = 0x25,
    roll_up_4 = 0x27,
    resume_direct = 0x29,
    text_restart = 0x2a,
    resume_text = 0x2b,
    erase_displayed = 0x2c,
    carriage_return = 0x2d,
    erase_loaded = 0x2e,
    end_of_caption = 0x2f,
  };

  Cea608Channel(int number, const TellCue& tell) : number_(number), tell_(tell) {}

  void letter(char32_t c, int64_t at) {
    last_ = at;
    if (mode_ == Mode::none) return;
    auto& cell = row()[static_cast<size_t>(column_)];
    if (mode_ == Mode::paint && cell != 0 && cell != U' ' && cell != c && column_ < Screen::columns - 1) {
      // Another text is painted over this one.
      end_cue(at);
      row() = {};
    }
    row()[static_cast<size_t>(column_)] = c;
    if (column_ < Screen::columns - 1) ++column_;
    if (mode_ != Mode::pop && c != U' ' && !since_) since_ = at;
  }
  /** A letter that takes the place of the one before it, which is for viewers that do not know it. */
  void better_letter(char32_t c, int64_t at) {
    back();
    letter(c, at);
  }
  void place(int row, int column, int64_t at) {
    last_ = at;
    column_ = column;
    if (mode_ == Mode::roll)
      move_rows(row);
    else
      row_ = row;
  }
  void tab(int columns) { column_ = std::min(column_ + columns, Screen::columns - 1); }

  void command(uint8_t code, int64_t at) {
    last_ = at;
    switch (code) {
      case resume_loading:
        leave_roll(at);
        mode_ = Mode::pop;
        return;
      case backspace:
        return back();
      case delete_to_end:
        return std::fill(row().begin() + column_, row().end(), U'\0');
      case roll_up_2:
      case roll_up_2 + 1:
      case roll_up_4:
        return begin_roll(code - roll_up_2 + 2, at);
      case resume_direct:
        leave_roll(at);
        mode_ = Mode::paint;
        return;
      case text_restart:
      case resume_text:
        // Pages of text beside the captions: no channel that anybody uses.
        leave_roll(at);
        mode_ = Mode::none;
        return;
      case erase_displayed:
        end_cue(at);
        return shown_.clear();
      case carriage_return:
        return mode_ == Mode::roll ? roll(at) : void();
      case erase_loaded:
        return loaded_.clear();
      case end_of_caption:
        return flip(at);
      default:
        return;
    }
  }

  /** Time has passed: what nobody takes away is over. */
  void pass(int64_t at) {
    if (at - last_ < longest_standing_ns || !since_) return;
    end_cue(last_ + longest_standing_ns);
    shown_.clear();
  }
  /** The stream is over, or its time begins anew. */
  void finish(int64_t at) {
    end_cue(at);
    shown_.clear();
    loaded_.clear();
    mode_ = Mode::none;
  }

 private:
  enum class Mode { none, pop, paint, roll };

  Screen::Row& row() { return (mode_ == Mode::pop ? loaded_ : shown_)[row_]; }

  void back() {
    auto& cells = row();
    if (mode_ == Mode::none) return;
    if (column_ < Screen::columns - 1 || cells.back() == 0) column_ = std::max(column_ - 1, 0);
    cells[static_cast<size_t>(column_)] = 0;
  }
  void begin_roll(int depth, int64_t at) {
    depth_ = depth;
    if (mode_ == Mode::roll) return;
    end_cue(at);
    shown_.clear();
    loaded_.clear();
    mode_ = Mode::roll;
    row_ = Screen::rows - 1;
    column_ = 0;
  }
  /** All rows have been told. */
  void leave_roll(int64_t at) {
    if (mode_ != Mode::roll) return;
    end_cue(at);
    shown_.clear();
  }
  void roll(int64_t at) {
    end_cue(at);
    const int top = std::max(row_ - depth_ + 1, 0);
    for (int i = 0; i < row_; ++i) shown_[i] = i < top ? Screen::Row{} : shown_[i + 1];
    shown_[row_] = {};
    column_ = 0;
  }
  void move_rows(int to) {
    if (to == row_) return;
    const Screen::Row last = shown_[row_];
    shown_.clear();
    row_ = to;
    shown_[row_] = last;
  }
  void flip(int64_t at) {
    leave_roll(at);
    end_cue(at);
    std::swap(shown_, loaded_);
    mode_ = Mode::pop;
    if (!shown_.text().empty()) since_ = at;
  }

  void end_cue(int64_t at) {
    if (!since_) return;
    const int64_t start = *std::exchange(since_, std::nullopt);
    std::string text = mode_ == Mode::roll ? row_text(shown_[row_]) : shown_.text();
    if (!text.empty()) tell_({start, std::max(start, at), CueFormat::cea608, number_, std::move(text)});
  }

  const int number_;
  const TellCue& tell_;
  Mode mode_ = Mode::none;
  Screen shown_, loaded_;
  int depth_ = 2;
  int row_ = Screen::rows - 1;  // of roll-up captions the lowest
  int column_ = 0;
  std::optional<int64_t> since_;  // when text appeared that has not been told
  int64_t last_ = 0;              // when the channel last sent something
};

}  // namespace rxgst::captions
