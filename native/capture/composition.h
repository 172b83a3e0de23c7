// How far from its time of decoding a picture may be shown. Arithmetic alone: no GStreamer.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * H.264 reorders by 16 pictures at most, so no picture is shown later than 16 pictures after it is decoded; encoders of
 * live streams stay below one second. A container may move all its times by a constant, forwards or backwards, and
 * rates change: 2 s are granted to everybody, at one picture a second and below 10 s. One picture that lies hours ahead
 * would silence a capture for hours: what comes after it is not in time any more.
 */
class Composition {
 public:
  /** ns. False: nothing explains it. */
  bool plausible(int64_t dts, int64_t pts) {
    if (last_ && dts > *last_) {
      const int64_t step = std::min(dts - *last_, longest_step);
      step_ = step_ == 0 ? step : step_ + (step - step_) / 8;
    }
    last_ = dts;
    const int64_t most = std::clamp(16 * step_, least, longest);
    return pts <= dts ? dts - pts <= most : pts - dts <= most;
  }

 private:
  static constexpr int64_t second = 1'000'000'000;
  static constexpr int64_t least = 2 * second;
  static constexpr int64_t longest = 10 * second;
  static constexpr int64_t longest_step = second;

  std::optional<int64_t> last_;
  int64_t step_ = 0;
};

}  // namespace rxgst
