// Calculates the filler bytes that make a bitrate constant. Neither GStreamer nor Node.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * The room that a bitrate has beside its pictures. Pictures may run ahead of the bitrate, by a keyframe; then filling
 * waits for the bitrate. Bytes and ns; no clock but the pictures' own.
 */
class Filling {
 public:
  /** The bytes to add to a picture of `size` at `time`, for `bitrate` bit/s up to here: 0, or at min_bytes `min_bytes`.
   */
  size_t room(int64_t time, size_t size, int64_t bitrate) {
    const int64_t passed = last_ ? std::clamp<int64_t>(time - *last_, 0, max_step_ns) : 0;
    last_ = time;
    const double rate = static_cast<double>(bitrate) / 8 / 1e9;
    ahead_ = std::min(ahead_ - rate * static_cast<double>(passed) + static_cast<double>(size), rate * max_step_ns);
    if (-ahead_ < static_cast<double>(min_bytes)) return 0;
    const auto room = static_cast<size_t>(-ahead_);
    ahead_ += static_cast<double>(room);
    return room;
  }

  /** A unit of filler, with its length, has at least so many bytes; H.264's could have one less. */
  static constexpr size_t min_bytes = 7;

 private:
  // A gap in the pictures is filled by one second at most, and a lead of pictures delays filling by one second at most.
  static constexpr int64_t max_step_ns = 1'000'000'000;
  std::optional<int64_t> last_;
  /** Bytes that have left before their time; negative: bytes that are missing. */
  double ahead_ = 0;
};

}  // namespace rxgst
