#include "rtmp/elements/elements.h"

#include "gst/refs.h"

namespace rxgst::rtmp {
namespace {

void register_element(const char* name, GType type) {
  gst_element_register(nullptr, name, GST_RANK_NONE, type);
  // The registry holds the factory until the process ends, so the leaks tracer must not count it.
  const ObjectRef<GstElementFactory> factory(gst_element_factory_find(name));
  if (factory) GST_OBJECT_FLAG_SET(factory.get(), GST_OBJECT_FLAG_MAY_BE_LEAKED);
}

}  // namespace

void register_elements() {
  register_element("rxrtmpsrc", source_type());
  register_element("rxrtmpsink", sink_type());
}

}  // namespace rxgst::rtmp
