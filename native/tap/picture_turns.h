// Which of a stream's pictures a lower rate takes.
#pragma once
#include <cmath>
#include <cstdint>
#include <optional>

#include "gst/time_units.h"
#include "tap/picture_listener.h"

namespace rxgst {

class PictureTurns {
 public:
  /**
   * Whether this picture is the one nearest to every 1/fps, counted from the first; fps 0: each is. One that is a
   * little late still takes its turn: between nearly equal rates, RTMP's whole milliseconds would otherwise lose a
   * picture now and then.
   */
  bool is_due(const DecodedPicture& picture, double fps) {
    if (fps <= 0) return true;
    constexpr double far = 1.5;
    if (!origin_us_) origin_us_ = picture.timestamp_us;
    const auto half_us = static_cast<double>(picture.duration_us) / 2;
    const double place = (static_cast<double>(picture.timestamp_us - *origin_us_) + half_us) * fps / us_per_s;
    const auto due = static_cast<double>(due_);
    if (place < due && place > due - far) return false;
    due_ = std::abs(place - due) < far ? due_ + 1 : static_cast<int64_t>(std::floor(place)) + 1;
    return true;
  }

 private:
  std::optional<int64_t> origin_us_;
  int64_t due_ = 0;
};

}  // namespace rxgst
