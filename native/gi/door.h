// The door to GObject introspection: a running object reaches node-gtk as the source of a message on node-gtk's bus.
#pragma once
#include <gst/gst.h>
#include <napi.h>

namespace rxgst {

/**
 * openDoor(): makes the element `rxgstdoor` known. Whoever makes one through node-gtk and sets a bus on it gets there
 * what is shown at the door. False: GStreamer does not begin.
 */
Napi::Value open_door(const Napi::CallbackInfo& info);

/** Posts a message whose source is `object` on the bus of the last door; false: there is none. Any thread. */
bool show_at_door(GstObject* object);

}  // namespace rxgst
