// GStreamer's own start, its version, and the names of its elements. It starts off the JS thread.
#pragma once
#include <napi.h>

#include <string>

namespace rxgst {

/**
 * Starts GStreamer, or waits until another thread has done so. Returns the error, or an empty text. GStreamer reads its
 * registry here, and writes it anew after plugins have changed, which takes seconds. Any thread.
 */
std::string begin_gstreamer();

/** Runs `work` once GStreamer has started, before any waiting caller continues: it registers elements of the addon. */
void at_beginning(void (*work)());

/** gstreamer(): { major, minor, text: 'GStreamer 1.22.0' }; works before GStreamer has started. */
Napi::Value gstreamer_version(const Napi::CallbackInfo& info);
/** startGStreamer(): starts it on a worker; a promise of null, or of the reason why it does not start. */
Napi::Value start_gstreamer(const Napi::CallbackInfo& info);
/** elementNames(): the names of all elements in its plugins; starts GStreamer if needed. */
Napi::Value element_names(const Napi::CallbackInfo& info);

}  // namespace rxgst
