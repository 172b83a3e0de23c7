// GStreamer itself: it is begun off the JS thread, and says its version and its elements.
#pragma once
#include <napi.h>

#include <string>

namespace rxgst {

/**
 * Begins GStreamer, or waits until another thread has done so; empty, or why it does not begin. The registry is read
 * here, and written anew where plugins have changed, which takes seconds. Any thread.
 */
std::string begin_gstreamer();

/** Once GStreamer has begun, before anybody who waits for that goes on: elements of this addon's own. */
void at_beginning(void (*work)());

/** gstreamer(): { major, minor, text: 'GStreamer 1.22.0' }; it need not have begun. */
Napi::Value gstreamer_version(const Napi::CallbackInfo& info);
/** startGStreamer(): a promise of null, when a worker has begun it, or of the reason why it does not begin. */
Napi::Value start_gstreamer(const Napi::CallbackInfo& info);
/** elementNames(): of all elements that its plugins hold; begins it where nobody has. */
Napi::Value element_names(const Napi::CallbackInfo& info);

}  // namespace rxgst
