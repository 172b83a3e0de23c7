// What GStreamer holds: for the tests, and for whoever looks for a leak.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * liveObjects(): every GstObject and GstMiniObject alive, as 'type name, n references'; null unless the process runs
 * with GST_TRACERS=leaks.
 */
Napi::Value live_objects(const Napi::CallbackInfo& info);

}  // namespace rxgst
