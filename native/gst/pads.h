// The pads of an element, and whether a streaming thread is inside of one.
#pragma once
#include <gst/gst.h>

#include <vector>

#include "gst/refs.h"

namespace rxgst {

inline std::vector<ObjectRef<GstPad>> pads_of(GstElement* element, GstPadDirection direction) {
  std::vector<ObjectRef<GstPad>> pads;
  GST_OBJECT_LOCK(element);
  for (GList* at = GST_ELEMENT_PADS(element); at; at = at->next) {
    if (GST_PAD_DIRECTION(at->data) == direction) pads.push_back(ref_object(GST_PAD_CAST(at->data)));
  }
  GST_OBJECT_UNLOCK(element);
  return pads;
}

/** Whether a streaming thread is inside of this sink pad now: it holds the pad's stream lock. */
inline bool is_busy(GstPad* pad) {
  GRecMutex* lock = GST_PAD_GET_STREAM_LOCK(pad);
  if (!g_rec_mutex_trylock(lock)) return true;
  g_rec_mutex_unlock(lock);
  return false;
}

/** A linked sink pad that no thread is inside of, and whose stream has not ended. */
inline bool is_idle(GstPad* pad) { return GST_PAD_IS_LINKED(pad) && !GST_PAD_IS_EOS(pad) && !is_busy(pad); }

}  // namespace rxgst
