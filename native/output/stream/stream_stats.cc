#include "output/stream/stream_stats.h"

#include <utility>

#include "gst/element.h"
#include "js/js.h"

namespace rxgst {
namespace {

using Numbers = std::map<std::string, double>;

void add_numbers(const GstStructure* structure, Numbers* to) {
  const auto add = [](GQuark name, const GValue* value, gpointer numbers) -> gboolean {
    GValue number = G_VALUE_INIT;
    g_value_init(&number, G_TYPE_DOUBLE);
    if (!GST_VALUE_HOLDS_STRUCTURE(value) && g_value_transform(value, &number))
      (*static_cast<Numbers*>(numbers))[g_quark_to_string(name)] += g_value_get_double(&number);
    g_value_unset(&number);
    return TRUE;
  };
  gst_structure_foreach(structure, add, to);
}

/** Of a listener: the sums over its callers, and how many there are. */
Numbers numbers_of(GstElement* element) {
  Numbers numbers;
  GstStructure* raw = nullptr;
  g_object_get(element, "stats", &raw, nullptr);
  if (!raw) return numbers;
  const StructurePtr stats(raw);
  add_numbers(raw, &numbers);
  const GValue* callers = gst_structure_get_value(raw, "callers");
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (!callers || !G_VALUE_HOLDS(callers, g_value_array_get_type())) return numbers;
  const auto* list = static_cast<const GValueArray*>(g_value_get_boxed(callers));
  for (guint i = 0; list && i < list->n_values; ++i) {
    const GValue* one = g_value_array_get_nth(const_cast<GValueArray*>(list), i);
    if (GST_VALUE_HOLDS_STRUCTURE(one)) add_numbers(gst_value_get_structure(one), &numbers);
  }
  numbers["callers"] = list ? list->n_values : 0;
  G_GNUC_END_IGNORE_DEPRECATIONS
  return numbers;
}

}  // namespace

Napi::Function StreamStats::define(Napi::Env env) {
  return DefineClass(env, "StreamStats", {InstanceMethod("read", &StreamStats::read)});
}

StreamStats::StreamStats(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<StreamStats>(info), state_(std::make_shared<State>()) {}

/** read(element): what was last read, by name; begins to read anew. */
Napi::Value StreamStats::read(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  bool begins = false;
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& [name, number] : state_->numbers) result[name] = number;
    begins = !std::exchange(state_->reading, true);
  }
  if (!begins) return result;
  std::shared_ptr<GstElement> element(find_element(info[0]).release(), [](GstElement* held) {
    if (held) gst_object_unref(held);
  });
  run_detached([state = state_, element] {
    Numbers numbers = element ? numbers_of(element.get()) : Numbers{};
    std::lock_guard lock(state->mutex);
    if (element) state->numbers = std::move(numbers);
    state->reading = false;
  });
  return result;
}

}  // namespace rxgst
