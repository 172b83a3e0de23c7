#include "meter/picture.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

namespace rxgst {
namespace {

constexpr int row_step = 4;
// The value of freezedetect: −60 dB.
constexpr double freeze_noise = 0.001;
// The values of blackdetect: for a pixel, and for the share of such pixels.
constexpr double black_luma = 0.10;
constexpr double black_share = 0.98;

/** -O3 compiles this into loops of psadbw and pcmpgtb: simple, and without a branch inside. */
uint64_t sum_of_differences(const uint8_t* a, const uint8_t* b, size_t count) {
  uint32_t sum = 0;  // 8 bits × a row of 4096
  for (size_t i = 0; i < count; ++i) sum += static_cast<uint32_t>(std::abs(int{a[i]} - int{b[i]}));
  return sum;
}

uint64_t count_up_to(const uint8_t* row, size_t count, uint8_t limit) {
  uint64_t total = 0;
  // 255 comparisons fit into a byte, so the sums are as narrow as the pixels.
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

/** Of a sample in a word of 16 bits: how many lie below its upper eight. 0: samples are bytes; none: not looked at. */
std::optional<int> bits_below(GstVideoFormat format) {
  switch (format) {
    case GST_VIDEO_FORMAT_I420:
    case GST_VIDEO_FORMAT_NV12:
      return 0;
    case GST_VIDEO_FORMAT_I420_10LE:
      return 2;
    case GST_VIDEO_FORMAT_P010_10LE:
      return 8;
    default:
      return std::nullopt;
  }
}

/** A row of `bytes`, with 8 bits of each sample; `row` is memory for it. */
std::span<const uint8_t> upper_bits(const uint8_t* data, size_t bytes, int below, std::vector<uint8_t>* row) {
  if (below == 0) return {data, bytes};
  const auto* words = static_cast<const uint16_t*>(static_cast<const void*>(data));
  row->resize(bytes / 2);
  for (size_t i = 0; i < row->size(); ++i) (*row)[i] = static_cast<uint8_t>(words[i] >> below);
  return *row;
}

/** Calls use(row, bytes) for every fourth row of every plane, with 8 bits of each sample. */
template <class Use>
void each_row(const GstVideoFrame& frame, std::vector<uint8_t>* memory, Use use) {
  const int below = *bits_below(GST_VIDEO_FRAME_FORMAT(&frame));
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
    const auto* data = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    const auto stride = static_cast<ptrdiff_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane));
    const int height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane);
    const auto bytes =
        static_cast<size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, plane));
    for (int y = 0; y < height; y += row_step) {
      const auto row = upper_bits(data + y * stride, bytes, below, memory);
      if (!use(row.data(), row.size())) return;
    }
  }
}

bool is_black(const GstVideoFrame& frame, std::vector<uint8_t>* memory) {
  const int below = *bits_below(GST_VIDEO_FRAME_FORMAT(&frame));
  const auto* data = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  const auto stride = static_cast<ptrdiff_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  const int width = GST_VIDEO_FRAME_WIDTH(&frame), height = GST_VIDEO_FRAME_HEIGHT(&frame);
  const bool full = frame.info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  const auto limit = static_cast<uint8_t>(full ? 255 * black_luma : 16 + (235 - 16) * black_luma);
  uint64_t seen = 0, black = 0;
  // A picture that is not black shows it soon: the search stops after too many bright pixels.
  const double most_bright = (1 - black_share) * width * ((height + row_step - 1) / row_step);
  for (int y = 0; y < height; y += row_step) {
    const size_t bytes = static_cast<size_t>(width) * (below == 0 ? 1 : 2);
    const auto row = upper_bits(data + y * stride, bytes, below, memory);
    black += count_up_to(row.data(), row.size(), limit);
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
  each_row(frame, &row_, [&](const uint8_t* row, size_t bytes) {
    sum += sum_of_differences(row, reference, bytes);
    reference += bytes;
    // Most pictures move, and their first rows show it.
    return sum <= most;
  });
  return sum <= most;
}

void PictureHealth::keep_reference(const GstVideoFrame& frame) {
  size_t size = 0;
  each_row(frame, &row_, [&](const uint8_t*, size_t bytes) {
    size += bytes;
    return true;
  });
  reference_.resize(size);
  uint8_t* to = reference_.data();
  each_row(frame, &row_, [&](const uint8_t* row, size_t bytes) {
    std::memcpy(to, row, bytes);
    to += bytes;
    return true;
  });
  reference_width_ = GST_VIDEO_FRAME_WIDTH(&frame);
  reference_height_ = GST_VIDEO_FRAME_HEIGHT(&frame);
  reference_format_ = GST_VIDEO_FRAME_FORMAT(&frame);
}

void PictureHealth::look(GstBuffer* buffer, const GstVideoInfo& info, int64_t at, int64_t duration) {
  if (!bits_below(GST_VIDEO_INFO_FORMAT(&info))) return;
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    return;
  }
  bool frozen = false;
  int64_t since = at;
  if (freeze_wanted_) {
    frozen = same_as_reference(frame);
    if (!frozen) keep_reference(frame);
    // A clock that went back begins the count anew.
    if (!frozen || at < reference_at_) reference_at_ = at;
    since = reference_at_;
  }
  const bool black = black_wanted_ && is_black(frame, &row_);
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
