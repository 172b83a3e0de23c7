// How much is to be added to pictures so that a bitrate is constant. Neither GStreamer nor Node.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * What a bitrate has room for beside the pictures: they may run ahead of it, by a keyframe, and are then waited for.
 * Bytes and ns; no clock but the pictures' own.
 */
class Filling {
 public:
  /** How many bytes to add to a picture of `size` at `time`, for `bitrate` bit/s up to here; 0, or at least `least`. */
  size_t room(int64_t time, size_t size, int64_t bitrate) {
    const int64_t passed = last_ ? std::clamp<int64_t>(time - *last_, 0, longest_step) : 0;
    last_ = time;
    const double rate = static_cast<double>(bitrate) / 8 / 1e9;
    ahead_ = std::min(ahead_ - rate * static_cast<double>(passed) + static_cast<double>(size), rate * longest_step);
    if (-ahead_ < static_cast<double>(least)) return 0;
    const auto room = static_cast<size_t>(-ahead_);
    ahead_ += static_cast<double>(room);
    return room;
  }

  /** A NAL unit of filler with its length before it has no less. */
  static constexpr size_t least = 6;

 private:
  // A gap in the pictures is not filled at once, and those that run far ahead are not waited for for ever: one second.
  static constexpr int64_t longest_step = 1'000'000'000;
  std::optional<int64_t> last_;
  /** Bytes that have left before their time; below 0 what is missing. */
  double ahead_ = 0;
};

}  // namespace rxgst
