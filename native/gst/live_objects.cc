#include "gst/live_objects.h"

#include <gst/gst.h>

#include <string>
#include <string_view>
#include <vector>

#include "gst/refs.h"

namespace rxgst {
namespace {

std::string line_of(const GstStructure* entry) {
  const GValue* value = gst_structure_get_value(entry, "object");
  guint references = 0;
  gst_structure_get_uint(entry, "ref-count", &references);
  std::string text = "object";
  if (value && G_VALUE_HOLDS_OBJECT(value)) {
    auto* object = static_cast<GObject*>(g_value_get_object(value));
    text = G_OBJECT_TYPE_NAME(object);
    if (GST_IS_OBJECT(object)) text.append(" ").append(CharPtr(gst_object_get_name(GST_OBJECT(object))).get());
  } else if (value) {
    text = G_VALUE_TYPE_NAME(value);
  }
  return text.append(", ").append(std::to_string(references)).append(" references");
}

}  // namespace

Napi::Value live_objects(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  GstStructure* raw = nullptr;
  GList* tracers = gst_tracing_get_active_tracers();
  for (GList* at = tracers; at; at = at->next) {
    if (std::string_view(G_OBJECT_TYPE_NAME(at->data)) == "GstLeaksTracer")
      g_signal_emit_by_name(at->data, "get-live-objects", &raw);
  }
  g_list_free_full(tracers, gst_object_unref);
  if (!raw) return env.Null();
  StructurePtr live(raw);
  const GValue* list = gst_structure_get_value(live.get(), "live-objects-list");
  const guint count = list && GST_VALUE_HOLDS_LIST(list) ? gst_value_list_get_size(list) : 0;
  auto result = Napi::Array::New(env, count);
  for (guint i = 0; i < count; ++i) {
    result[i] = Napi::String::New(env, line_of(gst_value_get_structure(gst_value_list_get_value(list, i))));
  }
  return result;
}

}  // namespace rxgst
