// Has an encoder make a keyframe, also one that does not hear the event for it.
#pragma once
#include <gst/gst.h>

namespace rxgst {

/**
 * The next picture of the encoder is a keyframe, or the first one from a running time (ns) on. av1enc of GStreamer 1.22
 * passes over the event: there the two pictures behind it are, since libaom makes a keyframe of each picture while
 * their greatest distance is 0; it does so at once. Workers.
 */
void force_keyframe(GstElement* encoder, GstClockTime from = GST_CLOCK_TIME_NONE);

}  // namespace rxgst
