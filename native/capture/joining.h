// Decides where a stream that is joined in its middle becomes whole. Arithmetic alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <cstdint>

#include "h264/access_unit.h"

namespace rxgst {

/**
 * A player that joins in the middle of a group of pictures gets pictures whose references it never had: a decoder would
 * show them grey and smeared. So the decoder gets no picture before the first one that can begin a stream, and no
 * picture is shown before all of it is right. Calls in the order of decoding; one thread.
 */
class Joining {
 public:
  enum class Answer { keep_away, decode, show };

  /** `lenient`: every picture that can be decoded is shown, from the first one on. */
  explicit Joining(bool lenient = false) : lenient_(lenient) {}

  /**
   * `marked`: the container calls the unit a keyframe. Times in ns. `late`: the wait has been so long that a picture
   * without references, and without a mark, is better than no picture.
   */
  Answer place(const AccessUnit& unit, bool marked, int64_t pts, bool late) {
    if (lenient_ || state_ == State::whole) return Answer::show;
    // Parameter sets alone always go to the decoder.
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
      frames_ = std::min(unit.recovery.value_or(0), max_recovery_frames);
    } else if (!recovered_ && unit.recovery) {
      frames_ = std::min(frames_, *unit.recovery);
    }
    if (frames_ == 0 && !recovered_) {
      recovered_ = true;
      whole_from_ = pts;
    }
    if (!recovered_) {
      // frame_num rises with each reference picture.
      if (unit.reference) --frames_;
      return Answer::decode;
    }
    // Shown before the recovery point, decoded after it: it may refer to missing pictures.
    if (pts < whole_from_) return Answer::decode;
    if (unit.reference && pts > whole_from_) state_ = State::whole;
    return Answer::show;
  }

  bool waits() const { return !lenient_ && state_ == State::waiting; }
  /** Pictures before the first one that can begin a stream. */
  uint64_t missed() const { return missed_; }

 private:
  enum class State { waiting, recovering, whole };
  /** Known encoders refresh a picture within 250 pictures; a stream that claims more must not stay dark for so long. */
  static constexpr uint32_t max_recovery_frames = 512;

  bool lenient_;
  State state_ = State::waiting;
  uint32_t frames_ = 0;
  bool recovered_ = false;
  int64_t whole_from_ = 0;
  uint64_t missed_ = 0;
};

}  // namespace rxgst
