#include "rtmp/elements/elements.h"

namespace rxgst::rtmp {

void register_elements() {
  gst_element_register(nullptr, "rxrtmpsrc", GST_RANK_NONE, source_type());
  gst_element_register(nullptr, "rxrtmpsink", GST_RANK_NONE, sink_type());
}

}  // namespace rxgst::rtmp
