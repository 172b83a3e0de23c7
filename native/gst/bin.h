// The elements of a bin, and of the bins within it.
#pragma once
#include <gst/gst.h>

#include <vector>

#include "gst/refs.h"

namespace rxgst {

using ElementRefs = std::vector<ObjectRef<GstElement>>;

/** All elements of a bin, those of inner bins too; empty: `bin` is no bin. Any thread. */
ElementRefs elements_in(GstElement* bin);
/** The sources among its direct children. Any thread. */
ElementRefs sources_in(GstElement* bin);
/** Its direct children alone, in the order of the bin. Any thread. */
ElementRefs children_of(GstElement* bin);
/**
 * Whether the bin is being stopped. A bin does not stop elements that came while it changed its state, so the caller
 * does. Any thread.
 */
bool is_stopping(GstBin* bin);

}  // namespace rxgst
