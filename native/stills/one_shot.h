// Runs one element on one buffer, in the calling thread, without a pipeline: no thread, bus or clock of its own.
#pragma once
#include <gst/gst.h>

#include <functional>
#include <string>
#include <vector>

#include "gst/refs.h"

namespace rxgst {

/** What an element makes of some buffers. */
struct OneShot {
  std::vector<BufferRef> buffers;
  CapsRef caps;       // of the buffers
  std::string error;  // empty: none
};

/**
 * Gives some buffers and the end of the stream to a new element, and collects what comes out. For elements that work in
 * the thread that pushes: encoders and decoders of pictures. `prepare` sets properties. A worker's thread: the first
 * use of a factory loads its plugin.
 * @param wanted what comes out; null: whatever the element likes
 */
OneShot run_once(const char* factory, GstCaps* caps, std::vector<BufferRef> buffers, GstCaps* wanted,
                 const std::function<void(GstElement*)>& prepare = nullptr);

/** The same for one buffer, whose time is 0. */
OneShot run_once(const char* factory, GstCaps* caps, BufferRef buffer,
                 const std::function<void(GstElement*)>& prepare = nullptr);

}  // namespace rxgst
