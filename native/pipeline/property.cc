#include "pipeline/property.h"

#include <cstring>
#include <memory>

#include "gst/between_buffers.h"
#include "gst/caps.h"
#include "gst/library.h"
#include "gst/registry.h"

namespace rxgst {
namespace {

std::string factory_or_type(GstElement* element) {
  const std::string_view name = factory_name(element);
  return name.empty() ? G_OBJECT_TYPE_NAME(element) : std::string(name);
}

/** maxSizeBuffers becomes 'max-size-buffers'. */
std::string kebab(const std::string& name) {
  std::string result;
  for (char c : name) {
    if (g_ascii_isupper(c)) {
      if (!result.empty()) result += '-';
      result += static_cast<char>(g_ascii_tolower(c));
    } else {
      result += c == '_' ? '-' : c;
    }
  }
  return result;
}

/** Finds the object of 'a::b' in 'a::b::c'; `rest` becomes 'c'. False: there is no such child now. */
bool find_child(GstElement* element, const std::string& property, ObjectRef<GstObject>* object, std::string* rest) {
  *object = ref_object(GST_OBJECT(element));
  *rest = property;
  for (size_t at = rest->find("::"); at != std::string::npos; at = rest->find("::")) {
    if (!GST_IS_CHILD_PROXY(object->get())) return false;
    const std::string name = rest->substr(0, at);
    GObject* child = gst_child_proxy_get_child_by_name(GST_CHILD_PROXY(object->get()), name.c_str());
    if (!child) return false;
    if (!GST_IS_OBJECT(child)) {
      g_object_unref(child);
      return false;
    }
    object->reset(GST_OBJECT(child));
    rest->erase(0, at + 2);
  }
  return true;
}

/** For the element, or for the child that `property` begins with; the known names begin like it. */
BuildError unknown_property(GstElement* element, const std::string& name, const std::string& property,
                            GObjectClass* type, const std::string& rest) {
  std::vector<std::string> known = property_names(type);
  for (std::string& each : known) each.insert(0, property.substr(0, property.size() - rest.size()));
  return {"ERR_UNKNOWN_PROPERTY", name, factory_or_type(element), property, "", std::move(known)};
}

/** The children's names in the form 'sink_0::', for the message. */
BuildError unknown_child(GstElement* element, const std::string& name, const std::string& property) {
  BuildError build_error{"ERR_UNKNOWN_PROPERTY", name, factory_or_type(element), property,
                         "it has no such child", {},   BuildErrorKind::no_child};
  if (!GST_IS_CHILD_PROXY(element)) return build_error;
  const guint count = gst_child_proxy_get_children_count(GST_CHILD_PROXY(element));
  for (guint i = 0; i < count; ++i) {
    GObject* child = gst_child_proxy_get_child_by_index(GST_CHILD_PROXY(element), i);
    if (!child) continue;
    if (GST_IS_OBJECT(child)) {
      CharPtr child_name(gst_object_get_name(GST_OBJECT(child)));
      build_error.known.push_back(std::string(child_name.get()) + property.substr(property.find("::")));
    }
    g_object_unref(child);
  }
  return build_error;
}

}  // namespace

GParamSpec* find_property(GObjectClass* type, const std::string& name) {
  // A name with a zero or with another first letter is no property; GLib would print a warning for it.
  if (name.empty() || name.find('\0') != std::string::npos || !g_ascii_isalpha(name[0])) return nullptr;
  for (char c : name) {
    if (!g_ascii_isalnum(c) && c != '-' && c != '_') return nullptr;
  }
  if (GParamSpec* exact = g_object_class_find_property(type, name.c_str())) return exact;
  return g_object_class_find_property(type, kebab(name).c_str());
}

std::vector<std::string> property_names(GObjectClass* type) {
  std::vector<std::string> names;
  guint count = 0;
  GParamSpec** all = g_object_class_list_properties(type, &count);
  for (guint i = 0; i < count; ++i) names.emplace_back(all[i]->name);
  g_free(all);
  return names;
}

std::optional<BuildError> prepare_setting(GstElement* element, const std::string& element_name,
                                          const std::string& property, const Given& given, bool started,
                                          Setting* setting) {
  std::string rest;
  if (!find_child(element, property, &setting->object, &rest)) return unknown_child(element, element_name, property);
  GParamSpec* spec = find_property(G_OBJECT_GET_CLASS(setting->object.get()), rest);
  if (!spec) return unknown_property(element, element_name, property, G_OBJECT_GET_CLASS(setting->object.get()), rest);
  const auto refuse = [&](std::string text, BuildErrorKind kind = BuildErrorKind::other) {
    return BuildError{
        "ERR_PROPERTY_VALUE", element_name, factory_or_type(element), property, std::move(text), {}, kind};
  };
  if (!(spec->flags & G_PARAM_WRITABLE)) return refuse("read-only");
  if (spec->flags & G_PARAM_CONSTRUCT_ONLY) return refuse("set when the element is made, and not later");
  if (strcmp(spec->name, "name") == 0 || strcmp(spec->name, "parent") == 0) return refuse("the graph's own");
  if (started && spec->flags & GST_PARAM_MUTABLE_READY &&
      !(spec->flags & (GST_PARAM_MUTABLE_PAUSED | GST_PARAM_MUTABLE_PLAYING))) {
    return refuse("set before start(), and not while the pipeline runs");
  }
  std::string expected;
  if (!convert(spec, given, element, &setting->value, &expected))
    return refuse("expected " + expected, BuildErrorKind::expected);
  setting->name = spec->name;
  return std::nullopt;
}

std::optional<BuildError> prepare_reading(GstElement* element, const std::string& element_name,
                                          const std::string& property, Reading* reading) {
  std::string rest;
  if (!find_child(element, property, &reading->object, &rest)) return unknown_child(element, element_name, property);
  reading->spec = find_property(G_OBJECT_GET_CLASS(reading->object.get()), rest);
  if (!reading->spec)
    return unknown_property(element, element_name, property, G_OBJECT_GET_CLASS(reading->object.get()), rest);
  if (!(reading->spec->flags & G_PARAM_READABLE)) {
    return BuildError{"ERR_PROPERTY_VALUE", element_name, factory_or_type(element), property, "write-only", {}};
  }
  return std::nullopt;
}

JsValue read_property(const Reading& reading) {
  Value value(reading.spec->value_type);
  g_object_get_property(G_OBJECT(reading.object.get()), reading.spec->name, value.get());
  const GValue* raw = value.get();
  // Structures and lists become the text that set() accepts.
  const bool whole = G_VALUE_HOLDS(raw, GST_TYPE_STRUCTURE) || G_VALUE_HOLDS(raw, GST_TYPE_TAG_LIST) ||
                     GST_VALUE_HOLDS_LIST(raw) || GST_VALUE_HOLDS_ARRAY(raw);
  if (whole && !(G_VALUE_HOLDS_BOXED(raw) && !g_value_get_boxed(raw))) {
    // Without the quotes of a structure within a structure.
    CharPtr text(G_VALUE_HOLDS(raw, GST_TYPE_STRUCTURE) ? gst_structure_to_string(gst_value_get_structure(raw))
                                                        : gst_value_serialize(raw));
    return text ? std::string(text.get()) : std::string();
  }
  JsValue js_value = js_value_of(raw);
  if (std::holds_alternative<std::monostate>(js_value) || std::holds_alternative<JsList>(js_value) ||
      std::holds_alternative<JsFields>(js_value)) {
    CharPtr text(G_VALUE_HOLDS_BOXED(raw) && !g_value_get_boxed(raw) ? nullptr : g_strdup_value_contents(raw));
    return G_VALUE_HOLDS_STRING(raw) || G_VALUE_HOLDS_OBJECT(raw) || !text ? std::string() : std::string(text.get());
  }
  return js_value;
}

/**
 * takes(factory, property, value): whether an element that loadFactories has loaded accepts this value; null: it has no
 * such property, or does not exist.
 */
Napi::Value takes(const Napi::CallbackInfo& info) {
  begin_gstreamer();
  const auto factory = load_factory(info[0].As<Napi::String>());
  if (!factory) return info.Env().Null();
  const TypeClassRef type = class_of(factory.get());
  GParamSpec* spec = find_property(type.get(), info[1].As<Napi::String>());
  if (!spec) return info.Env().Null();
  Value value;
  std::string expected;
  const bool taken = (spec->flags & G_PARAM_WRITABLE) && convert(spec, given_of(info[2]), nullptr, &value, &expected);
  return Napi::Boolean::New(info.Env(), taken);
}

bool is_set_between_buffers(GstElement* element) { return factory_name(element) == "av1enc"; }

std::function<bool()> set_between_buffers(GstElement* element, std::vector<Setting>* settings) {
  const std::shared_ptr<BetweenBuffers> changes = BetweenBuffers::of(element);
  bool early = true;
  for (Setting& each : *settings) {
    // The element is there as long as its pad is called; a worker keeps it.
    auto value = std::make_shared<Value>(std::move(each.value));
    early = changes->add(each.name, [element, name = each.name, value] {
      g_object_set_property(G_OBJECT(element), name.c_str(), value->get());
    });
  }
  if (!early) return nullptr;
  std::shared_ptr<GstElement> kept = ref_object(element);
  return [changes, kept] { return changes->make_early(); };
}

}  // namespace rxgst
