// Memory of decoded pictures that can be read while the decoder goes on referring to it.
#pragma once
#include <gst/gst.h>

#include "gst/refs.h"

namespace rxgst {

/**
 * A pool for a decoder to write into. libav's decoders keep a picture mapped for writing as long as later ones refer to
 * it, and GStreamer, which lets nobody share what may be written, copies the whole of it on its way out. Memory of this
 * pool answers such a copy with the same bytes, to be read only; whoever wants to write into those gets a real copy. A
 * buffer that comes back to the pool while somebody reads gets other bytes.
 */
ObjectRef<GstBufferPool> new_picture_pool();

}  // namespace rxgst
