// The addon's own elements: rxrtmpsrc and rxrtmpsink.
#pragma once
#include <gst/gst.h>

namespace rxgst::rtmp {

/** To GStreamer's registry, when it has begun. */
void register_elements();

GType source_type();
GType sink_type();

}  // namespace rxgst::rtmp
