#include "pixels/overlay.h"

#include <algorithm>
#include <utility>

#include "pixels/clones.h"
#include "pixels/pixels.h"

namespace rxgst {
namespace {

RXGST_CLONES
void lay_bytes(uint8_t* __restrict picture, const uint8_t* __restrict added, const uint8_t* __restrict kept,
               size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const auto product = static_cast<uint16_t>(picture[i] * kept[i] + 128);
    picture[i] = static_cast<uint8_t>(added[i] + ((product + (product >> 8)) >> 8));
  }
}

RXGST_CLONES
void lay_words(uint16_t* __restrict picture, const uint16_t* __restrict added, const uint8_t* __restrict kept,
               size_t count) {
  for (size_t i = 0; i < count; ++i) {
    // 65793 ÷ 2^24 is 1 ÷ 255; the product has 24 bits, and 64 hold all of it.
    const uint64_t product = static_cast<uint64_t>(picture[i]) * kept[i] + 127;
    picture[i] = static_cast<uint16_t>(added[i] + ((product * 65793) >> 24));
  }
}

/** The first column, or row, of something of this length in a whole of that one. */
int begin_of(int place, int length, int whole) { return place >= 0 ? place : whole - length + place + 1; }

}  // namespace

/** Makes the rows of a LaidOverlay. */
class LaidOverlay::Painter {
 public:
  Painter(LaidOverlay& laid, const std::vector<uint8_t>& rgba, int width, int height, const OverlayPlace& place)
      : laid_(laid),
        rgba_(rgba),
        width_(width),
        opacity_(place.opacity),
        colors_(laid.target_),
        left_(begin_of(place.x, width, laid.target_.width)),
        top_(begin_of(place.y, height, laid.target_.height)),
        // What of the frame it covers.
        x0_(std::clamp(left_, 0, laid.target_.width)),
        x1_(std::clamp(left_ + width, x0_, laid.target_.width)),
        y0_(std::clamp(top_, 0, laid.target_.height)),
        y1_(std::clamp(top_ + height, y0_, laid.target_.height)) {
    const PixelFormat format = pixel_format_of(laid.target_).value_or(PixelFormat::rgb);
    // The shift from 8 bits to the samples of the picture.
    shift_ = format == PixelFormat::i420_10 ? 2 : format == PixelFormat::p010 ? 8 : 0;
    if (format <= PixelFormat::bgra)
      paint_packed(format);
    else
      paint_planar(format);
  }

 private:
  /** Weights of red and blue in luma. */
  struct Weights {
    double red;
    double blue;
  };

  static Weights weights_of(GstVideoColorMatrix matrix) {
    switch (matrix) {
      case GST_VIDEO_COLOR_MATRIX_BT709:
        return {0.2126, 0.0722};
      case GST_VIDEO_COLOR_MATRIX_BT2020:
        return {0.2627, 0.0593};
      default:
        return {0.299, 0.114};
    }
  }

  struct Yuv {
    double y;  // 0 to 255, in the picture's range
    double u;
    double v;
  };

  struct Colors {
    explicit Colors(const GstVideoInfo& target)
        : weights(weights_of(target.colorimetry.matrix)),
          full(target.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ||
               GST_VIDEO_INFO_FORMAT(&target) == GST_VIDEO_FORMAT_GRAY8) {}
    Yuv of(const uint8_t* rgb) const {
      const double luma = weights.red * rgb[0] + (1 - weights.red - weights.blue) * rgb[1] + weights.blue * rgb[2];
      const double u = (rgb[2] - luma) / (2 * (1 - weights.blue)), v = (rgb[0] - luma) / (2 * (1 - weights.red));
      if (full) return {luma, 128 + u, 128 + v};
      return {16 + luma * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255};
    }
    Weights weights;
    bool full;
  };

  /** Alpha, 0 to 1. */
  double alpha(int x, int y) const { return pixel(x, y)[3] * opacity_ / 255; }
  const uint8_t* pixel(int x, int y) const {
    return rgba_.data() +
           (static_cast<size_t>(y - top_) * static_cast<size_t>(width_) + static_cast<size_t>(x - left_)) * 4;
  }
  bool covers(int x, int y) const { return x >= x0_ && x < x1_ && y >= y0_ && y < y1_; }

  void begin(int plane, int y) { row_ = {plane, y, -1, laid_.kept_.size(), 0}; }
  /** The next sample: samples without any alpha before the first and behind the last are left out. */
  void put(int at, double alpha, double value) {
    const auto kept = static_cast<uint8_t>(255 * (1 - alpha) + 0.5);
    if (row_.first < 0) {
      if (kept == 255) return;
      row_.first = at;
    }
    // Added to what is kept, the whole has the value where both agree.
    const double share = 255 - kept;
    const double added = value * share / 255;
    if (shift_ == 0)
      laid_.bytes_.push_back(static_cast<uint8_t>(std::clamp(added + 0.5, 0.0, 255.0)));
    else
      laid_.added_.push_back(static_cast<uint16_t>(std::max(added * (1 << shift_) + 0.5, 0.0)));
    laid_.kept_.push_back(kept);
    if (kept != 255) row_.count = laid_.kept_.size() - row_.at;
  }
  void end() {
    // What follows the last sample with alpha goes.
    const size_t size = row_.at + row_.count;
    laid_.kept_.resize(size);
    (shift_ == 0 ? laid_.bytes_.resize(size) : laid_.added_.resize(size));
    if (row_.count > 0) laid_.rows_.push_back(row_);
  }

  void paint_packed(PixelFormat format) {
    const int bytes = format == PixelFormat::rgb ? 3 : 4;
    const int red = format == PixelFormat::bgra ? 2 : 0;
    for (int y = y0_; y < y1_; ++y) {
      begin(0, y);
      for (int x = x0_; x < x1_; ++x) {
        const uint8_t* from = pixel(x, y);
        const double a = alpha(x, y);
        const double values[] = {double(from[red]), double(from[1]), double(from[2 - red]), 255};
        for (int n = 0; n < bytes; ++n) put(x * bytes + n, a, values[n]);
      }
      end();
    }
  }

  void paint_planar(PixelFormat format) {
    for (int y = y0_; y < y1_; ++y) {
      begin(0, y);
      for (int x = x0_; x < x1_; ++x) put(x, alpha(x, y), colors_.of(pixel(x, y)).y);
      end();
    }
    if (format == PixelFormat::gray8 || x0_ == x1_) return;
    const bool interleaved = format == PixelFormat::nv12 || format == PixelFormat::p010;
    for (int y = y0_ / 2; y < (y1_ + 1) / 2; ++y) {
      for (int plane = 1; plane <= (interleaved ? 1 : 2); ++plane) {
        begin(plane, y);
        for (int x = x0_ / 2; x < (x1_ + 1) / 2; ++x) {
          const auto [a, u, v] = chroma(x, y);
          if (interleaved) {
            put(2 * x, a, u);
            put(2 * x + 1, a, v);
          } else {
            put(x, a, plane == 1 ? u : v);
          }
        }
        end();
      }
    }
  }

  struct Chroma {
    double alpha;
    double u;
    double v;
  };
  /** The mean of up to four pixels, each by its alpha. A pixel beyond the frame's last row or column is not counted. */
  Chroma chroma(int at_x, int at_y) const {
    double sum = 0, u = 0, v = 0;
    int count = 0;
    for (int y = 2 * at_y; y < std::min(2 * at_y + 2, laid_.target_.height); ++y) {
      for (int x = 2 * at_x; x < std::min(2 * at_x + 2, laid_.target_.width); ++x) {
        ++count;
        if (!covers(x, y)) continue;
        const double a = alpha(x, y);
        const Yuv color = colors_.of(pixel(x, y));
        sum += a;
        u += a * color.u;
        v += a * color.v;
      }
    }
    if (sum <= 0) return {0, 128, 128};
    return {sum / count, u / sum, v / sum};
  }

  LaidOverlay& laid_;
  const std::vector<uint8_t>& rgba_;
  const int width_;
  const double opacity_;
  const Colors colors_;
  const int left_;
  const int top_;
  const int x0_;
  const int x1_;
  const int y0_;
  const int y1_;
  int shift_ = 0;
  Row row_;
};

LaidOverlay::LaidOverlay(const std::vector<uint8_t>& rgba, int width, int height, const OverlayPlace& place,
                         const GstVideoInfo& target)
    : target_(target) {
  Painter(*this, rgba, width, height, place);
}

bool LaidOverlay::fits(const GstVideoInfo& target) const {
  return GST_VIDEO_INFO_FORMAT(&target) == GST_VIDEO_INFO_FORMAT(&target_) && target.width == target_.width &&
         target.height == target_.height && target.colorimetry.matrix == target_.colorimetry.matrix &&
         target.colorimetry.range == target_.colorimetry.range;
}

void LaidOverlay::blend(GstVideoFrame& picture) const {
  for (const Row& row : rows_) {
    auto* line = static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture, row.plane)) +
                 static_cast<ptrdiff_t>(row.y) * GST_VIDEO_FRAME_PLANE_STRIDE(&picture, row.plane);
    if (added_.empty())
      lay_bytes(line + row.first, bytes_.data() + row.at, kept_.data() + row.at, row.count);
    else
      lay_words(static_cast<uint16_t*>(static_cast<void*>(line)) + row.first, added_.data() + row.at,
                kept_.data() + row.at, row.count);
  }
}

std::shared_ptr<const LaidOverlay> Overlay::laid_for(const GstVideoInfo& target) const {
  {
    std::lock_guard lock(mutex_);
    if (auto found = laid(target)) return found;
  }
  if (!pixel_format_of(target)) return nullptr;
  auto made = std::make_shared<const LaidOverlay>(rgba_, width_, height_, place_, target);
  std::lock_guard lock(mutex_);
  // Another thread may have made it meanwhile.
  if (auto found = laid(target)) return found;
  if (laid_.size() == most_kinds) laid_.pop_back();
  laid_.insert(laid_.begin(), made);
  return made;
}

std::shared_ptr<const LaidOverlay> Overlay::laid(const GstVideoInfo& target) const {
  const auto found = std::find_if(laid_.begin(), laid_.end(), [&](const auto& one) { return one->fits(target); });
  if (found == laid_.end()) return nullptr;
  std::rotate(laid_.begin(), found, found + 1);
  return laid_.front();
}

void Overlay::blend(GstVideoFrame& picture) const {
  if (const auto laid = laid_for(picture.info)) laid->blend(picture);
}

}  // namespace rxgst
