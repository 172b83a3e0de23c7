// The guard before every flvdemux, whatever made it: it removes metadata that would crash the demuxer.
#pragma once
#include <gst/gst.h>

namespace rxgst {

/** Before data flows; any thread. A second call for the same flvdemux does nothing. */
void guard_flvdemux(GstElement* demuxer);

}  // namespace rxgst
