#include "meter/picture.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace rxgst {
namespace {

constexpr int row_step = 4;
// freezedetect's: −60 dB.
constexpr double freeze_noise = 0.001;
// blackdetect's: pixels and pictures.
constexpr double black_luma = 0.10;
constexpr double black_share = 0.98;

/** Compiled into psadbw and pcmpgtb loops by -O3: plain, and without a branch inside. */
uint64_t sum_of_differences(const uint8_t* a, const uint8_t* b, size_t count) {
  uint32_t sum = 0;  // 8 bits × a row of 4096
  for (size_t i = 0; i < count; ++i) sum += static_cast<uint32_t>(std::abs(int{a[i]} - int{b[i]}));
  return sum;
}

uint64_t count_up_to(const uint8_t* row, size_t count, uint8_t limit) {
  uint64_t total = 0;
  // 255 comparisons fit into a byte, which keeps the sums as narrow as the pixels.
  uint8_t sums[64];
  for (size_t at = 0; at < count;) {
    const size_t rounds = std::min<size_t>((count - at) / 64, 255);
    if (rounds == 0) {
      for (; at < count; ++at) total += row[at] <= limit;
      break;
    }
    std::memset(sums, 0, sizeof(sums));
    for (size_t round = 0; round < rounds; ++round, at += 64) {
      for (size_t i = 0; i < 64; ++i) sums[i] = static_cast<uint8_t>(sums[i] + (row[at + i] <= limit));
    }
    for (const uint8_t sum : sums) total += sum;
  }
  return total;
}

/** Calls use(row, bytes) for every fourth row of every plane. */
template <class Use>
void each_row(const GstVideoFrame& frame, Use use) {
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
    const auto* data = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    const auto stride = static_cast<ptrdiff_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane));
    const int height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane);
    const auto bytes =
        static_cast<size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, plane));
    for (int y = 0; y < height; y += row_step) {
      if (!use(data + y * stride, bytes)) return;
    }
  }
}

bool is_black(const GstVideoFrame& frame) {
  const auto* data = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  const auto stride = static_cast<ptrdiff_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  const int width = GST_VIDEO_FRAME_WIDTH(&frame), height = GST_VIDEO_FRAME_HEIGHT(&frame);
  const bool full = frame.info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const auto limit = static_cast<uint8_t>(full ? 255 * black_luma : 16 + (235 - 16) * black_luma);
  uint64_t seen = 0, black = 0;
  // What is not black shows soon: a picture is given up when too many of its pixels are bright for the whole of it.
  const double most_bright = (1 - black_share) * width * ((height + row_step - 1) / row_step);
  for (int y = 0; y < height; y += row_step) {
    black += count_up_to(data + y * stride, static_cast<size_t>(width), limit);
    seen += static_cast<uint64_t>(width);
    if (static_cast<double>(seen - black) > most_bright) return false;
  }
  return true;
}

}  // namespace

bool PictureHealth::same_as_reference(const GstVideoFrame& frame) {
  if (reference_.empty() || reference_width_ != GST_VIDEO_FRAME_WIDTH(&frame) ||
      reference_height_ != GST_VIDEO_FRAME_HEIGHT(&frame) || reference_format_ != GST_VIDEO_FRAME_FORMAT(&frame)) {
    return false;
  }
  const auto most = static_cast<uint64_t>(freeze_noise * 256 * static_cast<double>(reference_.size()));
  uint64_t sum = 0;
  const uint8_t* reference = reference_.data();
  each_row(frame, [&](const uint8_t* row, size_t bytes) {
    sum += sum_of_differences(row, reference, bytes);
    reference += bytes;
    // Most pictures move, and say so in their first rows.
    return sum <= most;
  });
  return sum <= most;
}

void PictureHealth::keep_reference(const GstVideoFrame& frame) {
  size_t size = 0;
  each_row(frame, [&](const uint8_t*, size_t bytes) {
    size += bytes;
    return true;
  });
  reference_.resize(size);
  uint8_t* to = reference_.data();
  each_row(frame, [&](const uint8_t* row, size_t bytes) {
    std::memcpy(to, row, bytes);
    to += bytes;
    return true;
  });
  reference_width_ = GST_VIDEO_FRAME_WIDTH(&frame);
  reference_height_ = GST_VIDEO_FRAME_HEIGHT(&frame);
  reference_format_ = GST_VIDEO_FRAME_FORMAT(&frame);
}

void PictureHealth::look(GstBuffer* buffer, const GstVideoInfo& info, int64_t at, int64_t duration) {
  const GstVideoFormat format = GST_VIDEO_INFO_FORMAT(&info);
  if (format != GST_VIDEO_FORMAT_I420 && format != GST_VIDEO_FORMAT_NV12) return;
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    return;
  }
  bool frozen = false;
  int64_t since = at;
  if (freeze_wanted_) {
    frozen = same_as_reference(frame);
    if (!frozen) keep_reference(frame);
    // A clock that went back counts anew.
    if (!frozen || at < reference_at_) reference_at_ = at;
    since = reference_at_;
  }
  const bool black = black_wanted_ && is_black(frame);
  gst_video_frame_unmap(&frame);

  std::lock_guard lock(mutex_);
  seen_ = true;
  if (freeze_wanted_) freeze_.put(at, at + duration, frozen, ended_, since);
  if (black_wanted_) black_.put(at, at + duration, black, ended_);
}

PictureContent PictureHealth::read(EndedIntervals& ended) {
  std::lock_guard lock(mutex_);
  for (const EndedInterval& one : ended_.take()) ended.add(one.kind, one.start, one.end);
  PictureContent content;
  if (!seen_) return content;
  if (freeze_wanted_) content.freeze = freeze_.seconds();
  if (black_wanted_) content.black = black_.seconds();
  return content;
}

void PictureHealth::end(EndedIntervals& ended) {
  std::lock_guard lock(mutex_);
  freeze_.reset(ended_);
  black_.reset(ended_);
  for (const EndedInterval& one : ended_.take()) ended.add(one.kind, one.start, one.end);
}

}  // namespace rxgst
