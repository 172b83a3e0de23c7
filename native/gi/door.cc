#include "gi/door.h"

#include "gst/library.h"
#include "gst/refs.h"

namespace rxgst {
namespace {

struct RxgstDoor {
  GstElement base;
};
struct RxgstDoorClass {
  GstElementClass base;
};
GstElementClass* door_parent = nullptr;

/** The bus of the last door. Never destroyed; a GWeakRef has a lock of its own. */
GWeakRef& door_bus() {
  static GWeakRef* bus = [] {
    auto* made = new GWeakRef;
    g_weak_ref_init(made, nullptr);
    return made;
  }();
  return *bus;
}

void set_bus(GstElement* element, GstBus* bus) {
  door_parent->set_bus(element, bus);
  if (bus) g_weak_ref_set(&door_bus(), bus);
}

void init_door_class(gpointer type, gpointer) {
  door_parent = static_cast<GstElementClass*>(g_type_class_peek_parent(type));
  auto* element = static_cast<GstElementClass*>(type);
  element->set_bus = set_bus;
  gst_element_class_set_static_metadata(element, "Door to introspection", "Generic", "Shows objects to node-gtk",
                                        "rxgst");
}

/** Registered under a name that no other copy of this library in the process uses: GObject takes each name once. */
GType door_type() {
  static const GType type = [] {
    CharPtr name(g_strdup_printf("RxgstDoor-%p", static_cast<const void*>(&door_parent)));
    return g_type_register_static_simple(GST_TYPE_ELEMENT, name.get(), sizeof(RxgstDoorClass), init_door_class,
                                         sizeof(RxgstDoor), nullptr, static_cast<GTypeFlags>(0));
  }();
  return type;
}

}  // namespace

Napi::Value open_door(const Napi::CallbackInfo& info) {
  const bool open = begin_gstreamer().empty() && gst_element_register(nullptr, "rxgstdoor", GST_RANK_NONE, door_type());
  return Napi::Boolean::New(info.Env(), open);
}

bool show_at_door(GstObject* object) {
  ObjectRef<GstBus> bus(static_cast<GstBus*>(g_weak_ref_get(&door_bus())));
  return bus &&
         gst_bus_post(bus.get(), gst_message_new_application(object, gst_structure_new_empty("rxgst-introspect")));
}

}  // namespace rxgst
