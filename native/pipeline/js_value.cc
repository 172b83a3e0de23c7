#include "pipeline/js_value.h"

#include <cmath>

#include "gst/refs.h"

namespace rxgst {
namespace {

// Deeper than any message of GStreamer's own; a structure that holds itself would never end.
constexpr int deepest = 8;
constexpr double most_exact = 9007199254740991.0;  // 2^53 − 1

std::string text_of(const gchar* text) { return text ? text : ""; }

/** Strings of GStreamer are UTF-8 by promise alone. */
std::string valid_text(const gchar* text) {
  if (!text) return "";
  if (g_utf8_validate(text, -1, nullptr)) return text;
  return CharPtr(g_utf8_make_valid(text, -1)).get();
}

JsValue serialized(const GValue* value) {
  CharPtr text(gst_value_serialize(value));
  return text ? JsValue(std::string(text.get())) : JsValue();
}

JsValue enum_nick(const GValue* value) {
  auto* type = static_cast<GEnumClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  const GEnumValue* found = g_enum_get_value(type, g_value_get_enum(value));
  JsValue result = found ? JsValue(text_of(found->value_nick)) : JsValue(static_cast<double>(g_value_get_enum(value)));
  g_type_class_unref(type);
  return result;
}

JsValue flags_nicks(const GValue* value) {
  auto* type = static_cast<GFlagsClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  guint rest = g_value_get_flags(value);
  std::string nicks;
  while (rest) {
    const GFlagsValue* first = g_flags_get_first_value(type, rest);
    if (!first || first->value == 0) break;
    if (!nicks.empty()) nicks += '+';
    nicks += first->value_nick;
    rest &= ~first->value;
  }
  if (nicks.empty()) {
    const GFlagsValue* none = g_flags_get_first_value(type, 0);
    if (none && none->value == 0) nicks = none->value_nick;
  }
  g_type_class_unref(type);
  return nicks;
}

struct TagReader {
  JsFields fields;
  int depth;
};

void read_tag(const GstTagList* list, const gchar* tag, gpointer data) {
  auto& reader = *static_cast<TagReader*>(data);
  const guint count = gst_tag_list_get_tag_size(list, tag);
  if (count == 1) {
    reader.fields.emplace_back(tag, js_value_of(gst_tag_list_get_value_index(list, tag, 0), reader.depth + 1));
    return;
  }
  JsList all;
  for (guint i = 0; i < count; ++i)
    all.push_back(js_value_of(gst_tag_list_get_value_index(list, tag, i), reader.depth + 1));
  reader.fields.emplace_back(tag, std::move(all));
}

JsValue boxed(const GValue* value, int depth) {
  const GType type = G_VALUE_TYPE(value);
  if (!g_value_get_boxed(value)) return {};
  if (type == GST_TYPE_STRUCTURE) return js_fields(gst_value_get_structure(value), depth + 1);
  if (type == GST_TYPE_TAG_LIST) {
    TagReader reader{{}, depth};
    gst_tag_list_foreach(static_cast<const GstTagList*>(g_value_get_boxed(value)), read_tag, &reader);
    return std::move(reader.fields);
  }
  if (type == G_TYPE_ERROR) return js_error(static_cast<const GError*>(g_value_get_boxed(value)));
  if (type == GST_TYPE_DATE_TIME) {
    CharPtr text(gst_date_time_to_iso8601_string(static_cast<GstDateTime*>(g_value_get_boxed(value))));
    return text ? JsValue(std::string(text.get())) : JsValue();
  }
  if (type == GST_TYPE_CAPS) return std::string(CharPtr(gst_caps_to_string(gst_value_get_caps(value))).get());
  if (type == G_TYPE_STRV) {
    JsList list;
    for (auto* at = static_cast<gchar**>(g_value_get_boxed(value)); *at; ++at) list.push_back(valid_text(*at));
    return list;
  }
  // Pictures in tags and the like: their bytes are not for a message.
  if (type == GST_TYPE_SAMPLE || type == GST_TYPE_BUFFER) return std::string("[").append(g_type_name(type)).append("]");
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (type == g_value_array_get_type()) {
    auto* array = static_cast<GValueArray*>(g_value_get_boxed(value));
    JsList list;
    for (guint i = 0; i < array->n_values; ++i) list.push_back(js_value_of(g_value_array_get_nth(array, i), depth + 1));
    return list;
  }
  G_GNUC_END_IGNORE_DEPRECATIONS
  return serialized(value);
}

}  // namespace

JsValue js_value_of(const GValue* value, int depth) {
  if (!value || !G_IS_VALUE(value) || depth > deepest) return {};
  const GType type = G_VALUE_TYPE(value);
  switch (G_TYPE_FUNDAMENTAL(type)) {
    case G_TYPE_BOOLEAN:
      return static_cast<bool>(g_value_get_boolean(value));
    case G_TYPE_CHAR:
      return static_cast<double>(g_value_get_schar(value));
    case G_TYPE_UCHAR:
      return static_cast<double>(g_value_get_uchar(value));
    case G_TYPE_INT:
      return static_cast<double>(g_value_get_int(value));
    case G_TYPE_UINT:
      return static_cast<double>(g_value_get_uint(value));
    case G_TYPE_LONG:
      return static_cast<int64_t>(g_value_get_long(value));
    case G_TYPE_ULONG:
      return static_cast<uint64_t>(g_value_get_ulong(value));
    case G_TYPE_INT64:
      return static_cast<int64_t>(g_value_get_int64(value));
    case G_TYPE_UINT64:
      return static_cast<uint64_t>(g_value_get_uint64(value));
    case G_TYPE_FLOAT:
      return static_cast<double>(g_value_get_float(value));
    case G_TYPE_DOUBLE:
      return g_value_get_double(value);
    case G_TYPE_STRING:
      return g_value_get_string(value) ? JsValue(valid_text(g_value_get_string(value))) : JsValue();
    case G_TYPE_ENUM:
      return enum_nick(value);
    case G_TYPE_FLAGS:
      return flags_nicks(value);
    case G_TYPE_BOXED:
      return boxed(value, depth);
    case G_TYPE_OBJECT: {
      auto* object = static_cast<GObject*>(g_value_get_object(value));
      if (!object) return {};
      if (GST_IS_OBJECT(object)) return std::string(CharPtr(gst_object_get_name(GST_OBJECT(object))).get());
      return text_of(G_OBJECT_TYPE_NAME(object));
    }
    default:
      break;
  }
  if (GST_VALUE_HOLDS_FRACTION(value)) {
    return std::to_string(gst_value_get_fraction_numerator(value)) + "/" +
           std::to_string(gst_value_get_fraction_denominator(value));
  }
  const bool list = GST_VALUE_HOLDS_LIST(value);
  if (list || GST_VALUE_HOLDS_ARRAY(value)) {
    JsList result;
    const guint count = list ? gst_value_list_get_size(value) : gst_value_array_get_size(value);
    for (guint i = 0; i < count; ++i) {
      result.push_back(
          js_value_of(list ? gst_value_list_get_value(value, i) : gst_value_array_get_value(value, i), depth + 1));
    }
    return result;
  }
  return serialized(value);
}

JsFields js_fields(const GstStructure* structure, int depth) {
  JsFields fields;
  if (!structure) return fields;
  for (gint i = 0; i < gst_structure_n_fields(structure); ++i) {
    const gchar* name = gst_structure_nth_field_name(structure, i);
    fields.emplace_back(name, js_value_of(gst_structure_get_value(structure, name), depth + 1));
  }
  return fields;
}

JsFields js_error(const GError* error) {
  return {{"domain", text_of(g_quark_to_string(error->domain))},
          {"code", static_cast<double>(error->code)},
          {"text", valid_text(error->message)}};
}

Napi::Value to_js(Napi::Env env, const JsValue& value) {
  struct Visitor {
    Napi::Env env;
    Napi::Value operator()(std::monostate) const { return env.Null(); }
    Napi::Value operator()(bool value) const { return Napi::Boolean::New(env, value); }
    Napi::Value operator()(double value) const { return Napi::Number::New(env, value); }
    Napi::Value operator()(int64_t value) const {
      if (std::abs(static_cast<double>(value)) <= most_exact) return Napi::Number::New(env, static_cast<double>(value));
      return Napi::BigInt::New(env, value);
    }
    Napi::Value operator()(uint64_t value) const {
      if (value == UINT64_MAX) return env.Null();
      if (static_cast<double>(value) <= most_exact) return Napi::Number::New(env, static_cast<double>(value));
      return Napi::BigInt::New(env, value);
    }
    Napi::Value operator()(const std::string& value) const { return Napi::String::New(env, value); }
    Napi::Value operator()(const JsList& list) const {
      auto array = Napi::Array::New(env, list.size());
      for (uint32_t i = 0; i < list.size(); ++i) array[i] = to_js(env, list[i]);
      return array;
    }
    Napi::Value operator()(const JsFields& fields) const {
      auto object = Napi::Object::New(env);
      for (const auto& [name, value] : fields) object.Set(name, to_js(env, value));
      return object;
    }
  };
  return std::visit(
      Visitor{env},
      static_cast<const std::variant<std::monostate, bool, double, int64_t, uint64_t, std::string, JsList, JsFields>&>(
          value));
}

}  // namespace rxgst
