// Memory for decoded pictures that can be read while the decoder still refers to it.
#pragma once
#include <gst/gst.h>

#include "gst/refs.h"

namespace rxgst {

/**
 * A buffer pool that a decoder writes into. libav's decoders keep a picture mapped for writing as long as later
 * pictures refer to it, and GStreamer, which does not share writable memory, copies the whole picture on its way out.
 * Memory of this pool answers such a copy with the same bytes, read-only; a writer of those bytes gets a real copy. A
 * buffer that returns to the pool while a reader holds its bytes gets other bytes.
 */
ObjectRef<GstBufferPool> new_picture_pool();

}  // namespace rxgst
