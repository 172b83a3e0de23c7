// The end of a TLS connection.
#pragma once
#include <gio/gio.h>

#include <memory>

#include "gst/refs.h"

namespace rxgst::rtmp {

struct Goodbye;

/**
 * Tells the other end that nothing follows (close_notify), so that it knows the end from a cut, then ends the writing
 * of the socket. In another thread, and within a second. Any thread.
 */
std::shared_ptr<Goodbye> say_goodbye(ObjectRef<GIOStream> stream, ObjectRef<GSocket> socket);

/** Closes the socket when that has been said, at once if it has. Any thread. */
void close_after(std::shared_ptr<Goodbye> goodbye);

}  // namespace rxgst::rtmp
