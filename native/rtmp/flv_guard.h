// What stands before every flvdemux, whoever made it: metadata that it could not survive does not reach it.
#pragma once
#include <gst/gst.h>

namespace rxgst {

/** Before data flows; any thread, and of one flvdemux as often as one likes. */
void guard_flvdemux(GstElement* demuxer);

}  // namespace rxgst
