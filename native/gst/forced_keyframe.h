// Has an encoder make a keyframe, also one that does not hear the event for it.
#pragma once
#include <gst/gst.h>

namespace rxgst {

/** Whether force_keyframe() is the way: av1enc of GStreamer 1.22 passes over the event. */
bool is_forced_by_distance(GstElement* encoder);

/**
 * The next picture of an av1enc is a keyframe, or where the event has no effect the two behind it: libaom makes one of
 * each picture while their greatest distance is 0. Any thread; requests that come together are one.
 */
void force_keyframe(GstElement* encoder);

}  // namespace rxgst
