// Detects black and frozen pictures, by the definitions of ffmpeg's blackdetect and freezedetect.
#pragma once
#include <gst/video/video.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "meter/interval.h"

namespace rxgst {

struct PictureContent {
  std::optional<double> freeze, black;  // s
};

/**
 * Reads every fourth row, which gives the same means and shares as all rows at a quarter of the price. One object for
 * each connection. A picture is frozen if it differs from the picture at which the freeze began by at most 0.001 of
 * full scale, in the mean of all samples; so a slow fade is not frozen. A picture is black if 98 % of its luma is at or
 * below a tenth of its range.
 */
class PictureHealth {
 public:
  PictureHealth(bool freeze, bool black) : freeze_wanted_(freeze), black_wanted_(black) {}
  /** Streaming thread. I420 or NV12, of 8 or 10 bits. */
  void look(GstBuffer* buffer, const GstVideoInfo& info, int64_t at, int64_t duration);
  PictureContent read(EndedIntervals& ended);
  /** The connection is over: an interval ends where it was last seen. */
  void end(EndedIntervals& ended);

 private:
  bool same_as_reference(const GstVideoFrame& frame);
  void keep_reference(const GstVideoFrame& frame);

  const bool freeze_wanted_, black_wanted_;
  // Streaming thread only.
  std::vector<uint8_t> reference_, row_;
  int reference_width_ = 0, reference_height_ = 0;
  GstVideoFormat reference_format_ = GST_VIDEO_FORMAT_UNKNOWN;
  int64_t reference_at_ = 0;
  std::mutex mutex_;
  // Guarded by mutex_.
  bool seen_ = false;
  Interval freeze_{IntervalKind::freeze}, black_{IntervalKind::black};
  EndedIntervals ended_;
};

}  // namespace rxgst
