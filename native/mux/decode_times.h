// Decoding times for pictures that come without: demuxers of RTSP and Matroska give presentation times alone.
// Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace rxgst::mux {

/**
 * A picture's decoding time is the smallest presentation time among those that came up to now, less those that were
 * given before. So it never goes back, and never lies behind the picture's presentation, as long as no more than
 * `depth` pictures stand before one that is shown earlier than they are.
 */
class DecodeTimes {
 public:
  struct Times {
    int64_t dts_ns, pts_ns;
  };

  explicit DecodeTimes(size_t depth = 0) : depth_(std::min(depth, deepest)) {}

  /** In decoding order. `dts`: what came with the picture, which is kept until the first one without. */
  Times next(std::optional<int64_t> dts, int64_t pts, bool key) {
    // Another stream, or one that was not looked at for a while.
    if (some_ && (std::abs(pts - newest_) > longest_gap_ns || (key && pts < last_ - longest_back_ns))) reset();
    if (!some_) first_ = pts;
    newest_ = pts;
    times_.push(pts);
    makes_ = makes_ || !dts;
    int64_t made = first_ - static_cast<int64_t>(depth_ + 1 - std::min(depth_, times_.size())) * step_ns;
    if (times_.size() > depth_) {
      made = times_.top();
      times_.pop();
    }
    if (makes_) {
      if (some_) made = std::max(made, last_ + least_step_ns);
      // More reordering than the stream has told: this picture is late, and those behind it are not.
      if (made > pts && depth_ < deepest) ++depth_;
    } else {
      made = *dts;
    }
    some_ = true;
    last_ = made;
    return {made, std::max(pts, made)};
  }

 private:
  /** The most that H.264 and HEVC allow. */
  static constexpr size_t deepest = 16;
  /** Between the first pictures, which have nobody's time before them. */
  static constexpr int64_t step_ns = 1'000'000;
  /** More than a tick of any container's video clock. */
  static constexpr int64_t least_step_ns = 20'000;
  static constexpr int64_t longest_gap_ns = 5'000'000'000, longest_back_ns = 1'000'000'000;

  void reset() {
    times_ = {};
    some_ = makes_ = false;
  }

  size_t depth_;
  std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> times_;
  bool some_ = false;
  bool makes_ = false;
  int64_t first_ = 0, newest_ = 0, last_ = 0;
};

}  // namespace rxgst::mux
