#include "output/shown_picture.h"

#include <utility>

namespace rxgst {

ShownPicture::ShownPicture(const GstVideoInfo& info, GstVideoColorMatrix matrix, GstBufferPool* pool)
    : info_(info), pool_(pool) {
  info_.colorimetry.matrix = matrix;
  info_.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
}

void ShownPicture::set_overlays(Overlays overlays) {
  auto next = std::make_shared<const Overlays>(std::move(overlays));
  std::lock_guard lock(mutex_);
  overlays_ = std::move(next);
}

BufferRef ShownPicture::copy(GstBuffer* picture) {
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) != GST_FLOW_OK) return nullptr;
  BufferRef result(buffer);
  GstVideoFrame from, to;
  if (!gst_video_frame_map(&from, &info_, picture, GST_MAP_READ)) return nullptr;
  const bool mapped = gst_video_frame_map(&to, &info_, buffer, GST_MAP_READWRITE);
  if (mapped) {
    gst_video_frame_copy(&to, &from);
    for (const auto& overlay : *made_with_) overlay->blend(to);
    gst_video_frame_unmap(&to);
  }
  gst_video_frame_unmap(&from);
  return mapped ? std::move(result) : nullptr;
}

BufferRef ShownPicture::show(GstBuffer* picture) {
  std::shared_ptr<const Overlays> overlays;
  {
    std::lock_guard lock(mutex_);
    overlays = overlays_;
  }
  BufferRef shown;
  if (overlays->empty()) {
    made_ = nullptr;
    made_of_ = nullptr;
    shown.reset(gst_buffer_ref(picture));
  } else {
    if (!made_ || made_of_.get() != picture || made_with_ != overlays) {
      made_with_ = overlays;
      made_of_.reset(gst_buffer_ref(picture));
      made_ = copy(picture);
    }
    shown.reset(gst_buffer_ref(made_ ? made_.get() : picture));
  }
  std::lock_guard lock(mutex_);
  last_.reset(gst_buffer_ref(shown.get()));
  return shown;
}

BufferRef ShownPicture::last() {
  std::lock_guard lock(mutex_);
  return BufferRef(last_ ? gst_buffer_ref(last_.get()) : nullptr);
}

}  // namespace rxgst
