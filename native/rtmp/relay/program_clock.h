// Times of a relayed stream: one line over all connections of its inputs.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

namespace rxgst::rtmp {

/**
 * Program time, ms, from 0 at the first picture or sound. Within one connection of an input the differences are those
 * of the source. Over a reconnect, a switch of inputs, and a jump of the source's times, the time that has passed is
 * added. Sound and pictures each never go back where the line is mended. No thread and no clock of its own.
 */
class ProgramClock {
 public:
  /** The next sound or picture is of another connection or another publisher: its times are new ones. */
  void begin() { begins_ = true; }
  bool begins() const { return begins_; }
  /** The same, where what comes begins in the past: this time of the new source is now. */
  void join(int64_t source_ms, int64_t now_us);

  /** Where this picture or sound lies. `now_us`: a monotonic clock. */
  int64_t media(bool video, int64_t source_ms, int64_t now_us);

  /** Where script data or a record lies: at its own time, or, where that is far from the media, at the newest. */
  int64_t beside(int64_t source_ms) const;

  /** The newest time of any media. */
  int64_t newest_ms() const { return newest_ms_; }

  /** The present time of the program, where no source gives it. */
  int64_t now_ms(int64_t now_us) const;
  /** The last time of a picture or sound; far below 0: there was none. */
  int64_t last_ms(bool video) const { return tracks_[video].program_ms; }
  /** A picture or sound of nobody's lies at this time, which is not before that of the last one. */
  void fill(bool video, int64_t time_ms, int64_t now_us);

 private:
  struct Track {
    /** Source time + shift = program time. */
    int64_t shift_ms = 0;
    uint32_t line = 0;
    std::optional<int64_t> source_ms;
    int64_t program_ms = INT64_MIN;
    int64_t at_us = 0;
    /** On a new line, and not yet beyond what was given before: it goes on there, 1 ms at a time. */
    bool behind = false;
    void enter(uint32_t new_line, int64_t shift) {
      line = new_line;
      shift_ms = shift;
      source_ms.reset();
      behind = true;
    }
  };

  void anchor(int64_t source_ms, int64_t now_us);

  std::array<Track, 2> tracks_;
  bool begins_ = true, started_ = false;
  /** Of the newest line. */
  int64_t shift_ms_ = 0;
  uint32_t line_ = 0;
  int64_t newest_ms_ = 0, newest_us_ = 0;
};

}  // namespace rxgst::rtmp
