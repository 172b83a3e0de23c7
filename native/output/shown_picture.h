// What an output shows: each picture that leaves the pacer with the output's overlays over it, and the last one of
// them.
#pragma once
#include <gst/video/video.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "gst/refs.h"
#include "pixels/overlay.h"

namespace rxgst {

/**
 * The overlays lie over all that leaves: written pictures, repeats, slate. The pictures below stay as they are, so a
 * change of overlays shows at the next slot, even where one picture is repeated. It costs a copy of the picture.
 */
class ShownPicture {
 public:
  using Overlays = std::vector<std::shared_ptr<const Overlay>>;

  /** @param pool of pictures of this kind; the owner keeps it */
  ShownPicture(const GstVideoInfo& info, GstVideoColorMatrix matrix, GstBufferPool* pool);
  /** JS thread. */
  void set_overlays(Overlays overlays);
  /** The pacer's thread: a picture with the overlays; itself without any. */
  BufferRef show(GstBuffer* picture);
  /** Any thread: the last picture that has left; null: none has. */
  BufferRef last();
  const GstVideoInfo& info() const { return info_; }

 private:
  BufferRef copy(GstBuffer* picture);

  GstVideoInfo info_;
  GstBufferPool* const pool_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<const Overlays> overlays_ = std::make_shared<const Overlays>();
  BufferRef last_;
  // The pacer's thread only: what was last made of which picture, since a fill repeats one.
  std::shared_ptr<const Overlays> made_with_;
  BufferRef made_of_;
  BufferRef made_;
};

}  // namespace rxgst
