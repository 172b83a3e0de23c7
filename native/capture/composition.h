// Limits how far a picture's presentation time may lie from its decoding time. Arithmetic alone: no GStreamer.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * H.264 reorders by 16 pictures at most, so a picture is shown at most 16 pictures after it is decoded; encoders of
 * live streams stay below one second. A container may move all its times by a constant, forwards or backwards, and
 * rates change. The limit is therefore at least 2 s, and at one picture a second and below 10 s. Without a
 * limit, one picture hours ahead would make every later picture late, and silence a capture for hours.
 */
class Composition {
 public:
  /** ns. False: no reordering explains this presentation time. */
  bool plausible(int64_t dts, int64_t pts) {
    if (last_ && dts > *last_) {
      const int64_t step = std::min(dts - *last_, max_step_ns);
      step_ = step_ == 0 ? step : step_ + (step - step_) / 8;
    }
    last_ = dts;
    const int64_t most = std::clamp(16 * step_, min_limit_ns, max_limit_ns);
    return pts <= dts ? dts - pts <= most : pts - dts <= most;
  }

 private:
  static constexpr int64_t second_ns = 1'000'000'000;
  static constexpr int64_t min_limit_ns = 2 * second_ns;
  static constexpr int64_t max_limit_ns = 10 * second_ns;
  static constexpr int64_t max_step_ns = second_ns;

  std::optional<int64_t> last_;
  int64_t step_ = 0;
};

}  // namespace rxgst
