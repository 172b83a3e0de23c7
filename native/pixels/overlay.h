// A picture with alpha that is laid over others, in their own format and colours.
#pragma once
#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace rxgst {

/** Where an overlay lies. */
struct OverlayPlace {
  /** Of its first column; below 0, its last column is counted from the right, and −1 is the frame's last column. */
  int x = 0;
  /** Likewise the rows. */
  int y = 0;
  double opacity = 1;
};

/**
 * An overlay as it lies in one kind of picture: for each byte that it touches, what it adds, and how much of the
 * picture stays. So the loop over a picture knows neither colours nor formats, and is vectorised by the compiler.
 */
class LaidOverlay {
 public:
  LaidOverlay(const std::vector<uint8_t>& rgba, int width, int height, const OverlayPlace& place,
              const GstVideoInfo& target);
  /** Whether it was made for pictures like this. */
  bool fits(const GstVideoInfo& target) const;
  void blend(GstVideoFrame& picture) const;

 private:
  struct Row {
    int plane = 0;
    int y = 0;      // in the plane
    int first = 0;  // sample of the row
    size_t at = 0;  // in added_ and kept_
    size_t count = 0;
  };
  class Painter;

  GstVideoInfo target_;
  std::vector<Row> rows_;
  std::vector<uint16_t> added_;  // of samples of more than 8 bits; else bytes_
  std::vector<uint8_t> bytes_;
  std::vector<uint8_t> kept_;  // of 255
};

/** An overlay, for pictures of any format and size. Any thread. */
class Overlay {
 public:
  Overlay(std::vector<uint8_t> rgba, int width, int height, const OverlayPlace& place)
      : rgba_(std::move(rgba)), width_(width), height_(height), place_(place) {}
  /** Blends it into the picture; only pictures of the addon's formats. */
  void blend(GstVideoFrame& picture) const;
  /** Does what the first blend() into such a picture would: a large overlay takes some 50 ms. */
  void prepare(const GstVideoInfo& target) const { laid_for(target); }

 private:
  /** As many as the formats and sizes of a few streams that share an overlay; each holds megabytes. */
  static constexpr size_t most_kinds = 4;

  std::shared_ptr<const LaidOverlay> laid_for(const GstVideoInfo& target) const;
  /** That of this kind of picture, which becomes the first one; null: there is none. With mutex_. */
  std::shared_ptr<const LaidOverlay> laid(const GstVideoInfo& target) const;

  const std::vector<uint8_t> rgba_;  // tight rows, straight alpha
  const int width_;
  const int height_;
  const OverlayPlace place_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const LaidOverlay>> laid_;  // guarded by mutex_; the last used one first
};

}  // namespace rxgst
