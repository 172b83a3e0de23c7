// The door to GObject introspection: a running object reaches node-gtk as the source of a message on node-gtk's bus.
#pragma once
#include <gst/gst.h>
#include <napi.h>

namespace rxgst {

/**
 * openDoor(): registers the element `rxgstdoor`. node-gtk makes one and sets a bus on it; that bus then gets all
 * objects that are shown at the door. False: GStreamer does not start.
 */
Napi::Value open_door(const Napi::CallbackInfo& info);

/** Posts a message whose source is `object` on the bus of the last door; false if there is none. Any thread. */
bool show_at_door(GstObject* object);

}  // namespace rxgst
