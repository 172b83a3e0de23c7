#include "record/other_sound.h"

#include <utility>

#include "gst/caps.h"
#include "gst/running_time.h"
#include "js/js.h"

namespace rxgst::record {
namespace {

/** Also in a form that its parser still makes raw frames of. */
bool is_aac(const GstCaps* caps) {
  int version = 0;
  if (media_of(caps) != "audio/mpeg") return false;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "mpegversion", &version);
  return version == 2 || version == 4;
}

}  // namespace

void OtherSound::see(GstPad* pad, GstBuffer* buffer) {
  const CapsRef caps(gst_pad_get_current_caps(pad));
  if (!caps) return;
  std::lock_guard lock(mutex_);
  if (!caps_ || !gst_caps_is_equal(caps.get(), caps_.get())) {
    caps_ = ref_caps(caps.get());
    taken_ = is_aac(caps.get());
    told_caps_ = false;
  }
  if (taken_ || !into_) return;
  const auto at = running_time(pad, GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer));
  if (!at || *at < 0) return;
  if (gst_app_src_get_current_level_time(into_.get()) > most_waiting ||
      gst_app_src_get_current_level_buffers(into_.get()) > most_waiting_buffers) {
    ++dropped_;
    return;
  }
  if (!std::exchange(told_caps_, true)) gst_app_src_set_caps(into_.get(), caps_.get());
  GstBuffer* copy = gst_buffer_copy(buffer);
  GST_BUFFER_PTS(copy) = static_cast<GstClockTime>(*at);
  GST_BUFFER_DTS(copy) = GST_CLOCK_TIME_NONE;
  gst_app_src_push_buffer(into_.get(), copy);
}

std::string OtherSound::caps() {
  std::lock_guard lock(mutex_);
  return taken_ ? std::string() : caps_text(caps_.get());
}

void OtherSound::pour(ObjectRef<GstAppSrc> into) {
  {
    std::lock_guard lock(mutex_);
    into.swap(into_);
    told_caps_ = false;
  }
  // It may be the last reference on an element, and the caller is the JS thread.
  if (into) run_detached([last = std::shared_ptr<GstAppSrc>(into.release(), ObjectUnref())] {});
}

uint64_t OtherSound::dropped() {
  std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace rxgst::record
