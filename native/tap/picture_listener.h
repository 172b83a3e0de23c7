// What looks at a tap's pictures besides the tap itself: views of other sizes and formats.
#pragma once
#include <gst/video/video.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "captions/pending.h"
#include "h264/shape.h"

namespace rxgst {

/** A decoded picture with its times, as the tap has found them. Valid during the call. */
struct DecodedPicture {
  const GstVideoFrame* frame;
  PixelAspect pixel;
  GstClockTime pts;
  int64_t timestamp_us;
  int64_t duration_us;
  int64_t arrival_us;
  bool discontinuity;
  captions::SharedCaptions captions;
};

class PictureListener {
 public:
  virtual ~PictureListener() = default;
  /** Streaming thread. */
  virtual void on_picture(const DecodedPicture& picture) = 0;
};

/** The listeners of one tap. A tap without any looks at one number. */
class PictureListeners {
 public:
  void add(std::shared_ptr<PictureListener> listener) {
    std::lock_guard lock(mutex_);
    all_.push_back(std::move(listener));
    count_ = all_.size();
  }
  void remove(const PictureListener* listener) {
    std::lock_guard lock(mutex_);
    std::erase_if(all_, [&](const auto& each) { return each.get() == listener; });
    count_ = all_.size();
  }
  /** Streaming thread. A listener that leaves meanwhile may be called once more. */
  void tell(const DecodedPicture& picture) {
    if (count_ == 0) return;
    std::vector<std::shared_ptr<PictureListener>> all;
    {
      std::lock_guard lock(mutex_);
      all = all_;
    }
    for (const auto& listener : all) listener->on_picture(picture);
  }

 private:
  std::atomic<size_t> count_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<PictureListener>> all_;  // guarded by mutex_
};

}  // namespace rxgst
