// The pads of rxrtmpsrc, which come with what a server sends.
#pragma once
#include <gst/gst.h>

namespace rxgst::rtmp {

/** An active pad of the element's template `name`, which has told its stream and its caps; it is not added yet. */
GstPad* new_source_pad(GstElement* element, const char* name, GstCaps* caps, guint group);

/** Tells caps that differ from the present ones. */
void set_pad_caps(GstPad* pad, GstCaps* caps);

}  // namespace rxgst::rtmp
