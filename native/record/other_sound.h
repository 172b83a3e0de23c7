// Sound that no container here takes, on its way to a pipeline that makes AAC of it.
#pragma once
#include <gst/app/gstappsrc.h>

#include <memory>
#include <mutex>
#include <string>

#include "gst/refs.h"

namespace rxgst::record {

/** Of one pad. */
class OtherSound {
 public:
  /** The streaming thread. */
  void see(GstPad* pad, GstBuffer* buffer);

  // Any thread

  /** Caps of what came last, as a text; empty: nothing has come, or it is AAC. */
  std::string caps();
  /** The appsrc gets all of it from now on, in running time; null: nobody does. */
  void pour(ObjectRef<GstAppSrc> into);
  /** Buffers that a full appsrc did not take. */
  uint64_t dropped();

 private:
  /** More than encoders wait for. */
  static constexpr GstClockTime most_waiting = 2 * GST_SECOND;
  static constexpr guint64 most_waiting_buffers = 1000;

  std::mutex mutex_;
  // Guarded by mutex_:
  CapsRef caps_;
  bool taken_ = false;
  ObjectRef<GstAppSrc> into_;
  bool told_caps_ = false;
  uint64_t dropped_ = 0;
};

}  // namespace rxgst::record
