// The end of a TLS connection.
#pragma once
#include <gio/gio.h>

#include "gst/refs.h"

namespace rxgst::rtmp {

/**
 * Tells the other end that nothing follows (close_notify), so that it knows the end from a cut, then ends the writing
 * of the socket; with `close` all of it. In another thread, and within a second. Any thread.
 */
void say_goodbye(ObjectRef<GIOStream> stream, ObjectRef<GSocket> socket, bool close);

}  // namespace rxgst::rtmp
