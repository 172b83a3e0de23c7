#include "gst/bin.h"

#include <memory>

namespace rxgst {
namespace {

struct IteratorFree {
  void operator()(GstIterator* iterator) const { gst_iterator_free(iterator); }
};

/**
 * Everything that an iterator gives. If the bin changes meanwhile, the walk begins anew, so that no element is listed
 * twice.
 */
ElementRefs collect(GstIterator* raw) {
  std::unique_ptr<GstIterator, IteratorFree> iterator(raw);
  ElementRefs elements;
  GValue item = G_VALUE_INIT;
  for (;;) {
    switch (gst_iterator_next(iterator.get(), &item)) {
      case GST_ITERATOR_OK:
        elements.push_back(ref_object(GST_ELEMENT(g_value_get_object(&item))));
        g_value_reset(&item);
        break;
      case GST_ITERATOR_RESYNC:
        elements.clear();
        gst_iterator_resync(iterator.get());
        break;
      default:
        if (G_IS_VALUE(&item)) g_value_unset(&item);
        return elements;
    }
  }
}

}  // namespace

ElementRefs elements_in(GstElement* bin) {
  return GST_IS_BIN(bin) ? collect(gst_bin_iterate_recurse(GST_BIN(bin))) : ElementRefs();
}

ElementRefs sources_in(GstElement* bin) {
  return GST_IS_BIN(bin) ? collect(gst_bin_iterate_sources(GST_BIN(bin))) : ElementRefs();
}

ElementRefs children_of(GstElement* bin) {
  ElementRefs elements;
  if (!GST_IS_BIN(bin)) return elements;
  GST_OBJECT_LOCK(bin);
  for (GList* at = GST_BIN_CHILDREN(bin); at; at = at->next) {
    elements.push_back(ref_object(GST_ELEMENT_CAST(at->data)));
  }
  GST_OBJECT_UNLOCK(bin);
  return elements;
}

bool is_stopping(GstBin* bin) {
  GST_OBJECT_LOCK(bin);
  const bool stopping = GST_STATE_TARGET(bin) < GST_STATE_PAUSED;
  GST_OBJECT_UNLOCK(bin);
  return stopping;
}

}  // namespace rxgst
