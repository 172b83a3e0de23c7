// What GStreamer 1.22's rtmp2 elements forget.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * From now on connections to this host and port are known here. An rtmp2 element that is stopped between its handshake
 * and the server's answer to 'connect' waits for that answer for ever, without a thread: the connection, its socket and
 * the element stay. They are found by their main context, which nobody runs any more.
 */
Napi::Value watch_sockets(const Napi::CallbackInfo& info);

/** Hangs up for the elements that cannot; worker thread, after one was stopped. Returns how many that were. */
unsigned close_orphans();

/** orphans(): how many sockets were closed so, in this process. */
Napi::Value orphans(const Napi::CallbackInfo& info);

}  // namespace rxgst
