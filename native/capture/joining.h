// Where a stream that is joined in its middle begins to be whole. Arithmetic alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <cstdint>

#include "h264/access_unit.h"

namespace rxgst {

/**
 * A player that joins in the middle of a group of pictures gets pictures whose references it never saw: a decoder would
 * show them grey and smeared. What comes before a picture to begin with does not go to the decoder, and what is decoded
 * before all of the picture is right is not shown. In the order of decoding; one thread.
 */
class Joining {
 public:
  enum class Answer { keep_away, decode, show };

  /** `lenient`: everything that can be decoded is shown, from the first picture on. */
  explicit Joining(bool lenient = false) : lenient_(lenient) {}

  /**
   * `marked`: the container calls it a keyframe. Times in ns; `late`: so long has been waited that a picture without
   * references, which nobody marks, is better than none.
   */
  Answer place(const AccessUnit& unit, bool marked, int64_t pts, bool late) {
    if (lenient_ || state_ == State::whole) return Answer::show;
    // Parameter sets alone are for the decoder.
    if (!unit.slices) return Answer::decode;
    if (unit.instant) {
      state_ = State::whole;
      return Answer::show;
    }
    if (state_ == State::waiting) {
      if (!unit.recovery && !(unit.intra && (marked || late))) {
        ++missed_;
        return Answer::keep_away;
      }
      state_ = State::recovering;
      frames_ = std::min(unit.recovery.value_or(0), longest);
    } else if (!recovered_ && unit.recovery) {
      frames_ = std::min(frames_, *unit.recovery);
    }
    if (frames_ == 0 && !recovered_) {
      recovered_ = true;
      whole_from_ = pts;
    }
    if (!recovered_) {
      // frame_num goes up with each picture that is referred to.
      if (unit.reference) --frames_;
      return Answer::decode;
    }
    // Shown before the point of recovery, decoded after it: it may refer to what was never there.
    if (pts < whole_from_) return Answer::decode;
    if (unit.reference && pts > whole_from_) state_ = State::whole;
    return Answer::show;
  }

  bool waits() const { return !lenient_ && state_ == State::waiting; }
  /** Pictures before the first to begin with. */
  uint64_t missed() const { return missed_; }

 private:
  enum class State { waiting, recovering, whole };
  /** Refreshes of known encoders take 250 pictures at most; a stream that says more must not stay dark for it. */
  static constexpr uint32_t longest = 512;

  bool lenient_;
  State state_ = State::waiting;
  uint32_t frames_ = 0;
  bool recovered_ = false;
  int64_t whole_from_ = 0;
  uint64_t missed_ = 0;
};

}  // namespace rxgst
