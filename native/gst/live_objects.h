// The objects of GStreamer that are alive: for the tests, and for the search for a leak.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * liveObjects(): each living GstObject and GstMiniObject as 'type name, n references'; null unless the process runs
 * with GST_TRACERS=leaks.
 */
Napi::Value live_objects(const Napi::CallbackInfo& info);

}  // namespace rxgst
