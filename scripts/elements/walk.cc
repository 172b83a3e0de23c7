// Prints every element of GStreamer's registry as one line of JSON: its class and the classes above it, their
// properties, its pads and URIs. Compiled and run by scripts/generate-elements.mjs; no part of the addon.
//
//   {"class":"GstBaseSink","parent":"GstElement","properties":[…]}      once each, parents first
//   {"enum":"GstFormat","values":["undefined", …]}
//   {"element":"fakesink","class":"GstFakeSink","file":"/usr/lib/…/libgstcoreelements.so","src":0,"sink":1, …}
#include <gst/gst.h>

#include <cmath>
#include <cstdio>
#include <set>
#include <string>

namespace {

std::set<std::string> written;

void print_string(const char* text) {
  std::putchar('"');
  for (const char* c = text ? text : ""; *c; ++c) {
    if (*c == '"' || *c == '\\') {
      std::printf("\\%c", *c);
    } else if (static_cast<unsigned char>(*c) < 0x20) {
      std::printf("\\u%04x", *c);
    } else {
      std::putchar(*c);
    }
  }
  std::putchar('"');
}

void print_field(const char* name, const char* value) {
  std::printf(",\"%s\":", name);
  print_string(value);
}

void print_number(const char* name, double value) {
  if (std::isfinite(value)) std::printf(",\"%s\":%.17g", name, value);
}

void write_enum(GType type) {
  if (!written.insert(g_type_name(type)).second) return;
  std::printf("{\"enum\":\"%s\",\"values\":[", g_type_name(type));
  gpointer loaded = g_type_class_ref(type);
  if (G_TYPE_IS_ENUM(type)) {
    auto* klass = G_ENUM_CLASS(loaded);
    for (guint i = 0; i < klass->n_values; ++i) {
      if (i) std::putchar(',');
      print_string(klass->values[i].value_nick);
    }
  } else {
    auto* klass = G_FLAGS_CLASS(loaded);
    for (guint i = 0; i < klass->n_values; ++i) {
      if (i) std::putchar(',');
      print_string(klass->values[i].value_nick);
    }
  }
  g_type_class_unref(loaded);
  std::printf("]}\n");
}

template <typename Spec>
void print_range(const char* kind, const Spec* spec) {
  std::printf(",\"type\":\"%s\"", kind);
  // As text: 64 bits are more than a double holds.
  std::printf(",\"min\":\"%s\",\"max\":\"%s\",\"default\":\"%s\"", std::to_string(spec->minimum).c_str(),
              std::to_string(spec->maximum).c_str(), std::to_string(spec->default_value).c_str());
}

template <typename Spec>
void print_real(const char* kind, const Spec* spec) {
  std::printf(",\"type\":\"%s\"", kind);
  print_number("min", spec->minimum);
  print_number("max", spec->maximum);
  print_number("default", spec->default_value);
}

void print_type(GParamSpec* spec) {
  const GType type = spec->value_type;
  if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
    std::printf(",\"type\":\"boolean\",\"default\":%s", G_PARAM_SPEC_BOOLEAN(spec)->default_value ? "true" : "false");
  } else if (G_IS_PARAM_SPEC_INT(spec)) {
    print_range("int", G_PARAM_SPEC_INT(spec));
  } else if (G_IS_PARAM_SPEC_UINT(spec)) {
    print_range("uint", G_PARAM_SPEC_UINT(spec));
  } else if (G_IS_PARAM_SPEC_LONG(spec)) {
    print_range("int64", G_PARAM_SPEC_LONG(spec));
  } else if (G_IS_PARAM_SPEC_ULONG(spec)) {
    print_range("uint64", G_PARAM_SPEC_ULONG(spec));
  } else if (G_IS_PARAM_SPEC_INT64(spec)) {
    print_range("int64", G_PARAM_SPEC_INT64(spec));
  } else if (G_IS_PARAM_SPEC_UINT64(spec)) {
    print_range("uint64", G_PARAM_SPEC_UINT64(spec));
  } else if (G_IS_PARAM_SPEC_FLOAT(spec)) {
    print_real("float", G_PARAM_SPEC_FLOAT(spec));
  } else if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    print_real("double", G_PARAM_SPEC_DOUBLE(spec));
  } else if (G_IS_PARAM_SPEC_STRING(spec)) {
    std::printf(",\"type\":\"string\"");
    if (G_PARAM_SPEC_STRING(spec)->default_value) print_field("default", G_PARAM_SPEC_STRING(spec)->default_value);
  } else if (G_IS_PARAM_SPEC_ENUM(spec)) {
    std::printf(",\"type\":\"enum\"");
    print_field("of", g_type_name(type));
    auto* klass = G_PARAM_SPEC_ENUM(spec)->enum_class;
    GEnumValue* value = g_enum_get_value(klass, G_PARAM_SPEC_ENUM(spec)->default_value);
    if (value) print_field("default", value->value_nick);
  } else if (G_IS_PARAM_SPEC_FLAGS(spec)) {
    std::printf(",\"type\":\"flags\"");
    print_field("of", g_type_name(type));
  } else if (GST_IS_PARAM_SPEC_FRACTION(spec)) {
    auto* fraction = GST_PARAM_SPEC_FRACTION(spec);
    std::printf(",\"type\":\"fraction\",\"default\":\"%d/%d\"", fraction->def_num, fraction->def_den);
  } else if (GST_IS_PARAM_SPEC_ARRAY_LIST(spec)) {
    std::printf(",\"type\":\"array\"");
  } else if (type == GST_TYPE_CAPS) {
    std::printf(",\"type\":\"caps\"");
  } else if (g_type_is_a(type, GST_TYPE_ELEMENT)) {
    std::printf(",\"type\":\"element\"");
  } else {
    std::printf(",\"type\":\"%s\"", G_TYPE_IS_BOXED(type) ? "boxed" : "other");
    print_field("of", g_type_name(type));
  }
}

/** The class with the properties that it adds, after the classes it stands on. */
void write_class(GType type) {
  if (!written.insert(g_type_name(type)).second) return;
  const GType parent = g_type_parent(type);
  if (type != GST_TYPE_ELEMENT) write_class(parent);
  auto* klass = G_OBJECT_CLASS(g_type_class_ref(type));
  auto* above = type == GST_TYPE_ELEMENT ? nullptr : G_OBJECT_CLASS(g_type_class_ref(parent));
  // By what the class above has, not by owner: that of an interface's property is the interface.
  const auto own = [above](GParamSpec* spec) {
    return !above || g_object_class_find_property(above, spec->name) != spec;
  };
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(klass, &count);
  for (guint i = 0; i < count; ++i) {
    if (own(specs[i]) && (G_IS_PARAM_SPEC_ENUM(specs[i]) || G_IS_PARAM_SPEC_FLAGS(specs[i]))) {
      write_enum(specs[i]->value_type);
    }
  }
  std::printf("{\"class\":\"%s\",\"parent\":\"%s\",\"properties\":[", g_type_name(type),
              type == GST_TYPE_ELEMENT ? "" : g_type_name(parent));
  bool first = true;
  for (guint i = 0; i < count; ++i) {
    GParamSpec* spec = specs[i];
    if (!own(spec)) continue;
    std::printf("%s{\"name\":\"%s\"", first ? "" : ",", spec->name);
    first = false;
    print_type(spec);
    std::printf(",\"writable\":%s", spec->flags & G_PARAM_WRITABLE ? "true" : "false");
    if (spec->flags & G_PARAM_DEPRECATED) std::printf(",\"deprecated\":true");
    std::printf("}");
  }
  g_free(specs);
  std::printf("]}\n");
  if (above) g_type_class_unref(above);
  g_type_class_unref(klass);
}

/** The property that holds `uri` once the element has taken it, as GStreamer's own make-from-URI leaves it; or null. */
const char* property_with(GstElement* element, const std::string& uri) {
  if (!gst_uri_handler_set_uri(GST_URI_HANDLER(element), uri.c_str(), nullptr)) return nullptr;
  for (const char* property : {"uri", "location"}) {
    GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), property);
    if (!spec || !G_IS_PARAM_SPEC_STRING(spec) || !(spec->flags & G_PARAM_WRITABLE)) continue;
    gchar* value = nullptr;
    g_object_get(element, property, &value, nullptr);
    const bool found = value && uri == value;
    g_free(value);
    if (found) return property;
  }
  return nullptr;
}

void print_uri(GstElementFactory* factory) {
  const GstURIType type = gst_element_factory_get_uri_type(factory);
  if (type == GST_URI_UNKNOWN) return;
  std::printf(",\"uri\":{\"type\":\"%s\",\"protocols\":[", type == GST_URI_SRC ? "source" : "sink");
  const gchar* const* protocols = gst_element_factory_get_uri_protocols(factory);
  for (int i = 0; protocols && protocols[i]; ++i) std::printf("%s\"%s\"", i ? "," : "", protocols[i]);
  std::printf("]");
  GstElement* element = gst_element_factory_create(factory, nullptr);
  if (element && GST_IS_URI_HANDLER(element)) {
    // Each protocol is tried: their order is that of GStreamer's cache, which turns it round when it is written anew.
    const char* property = nullptr;
    for (int i = 0; protocols && protocols[i] && !property; ++i)
      property = property_with(element, std::string(protocols[i]) + "://127.0.0.1:5004/app/x");
    if (property) print_field("property", property);
  }
  if (element) gst_object_unref(gst_object_ref_sink(element));
  std::printf("}");
}

void write_element(GstElementFactory* found) {
  const std::string name = GST_OBJECT_NAME(found);
  auto* factory = GST_ELEMENT_FACTORY(gst_plugin_feature_load(GST_PLUGIN_FEATURE(found)));
  if (!factory) return;
  const GType type = gst_element_factory_get_element_type(factory);
  write_class(type);
  GstPlugin* plugin = gst_plugin_feature_get_plugin(GST_PLUGIN_FEATURE(factory));
  std::printf("{\"element\":\"%s\",\"class\":\"%s\"", name.c_str(), g_type_name(type));
  print_field("file", plugin ? gst_plugin_get_filename(plugin) : nullptr);
  print_field("plugin", plugin ? gst_plugin_get_name(plugin) : nullptr);
  std::printf(",\"rank\":%u", gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)));
  guint pads[3] = {0, 0, 0};
  for (const GList* one = gst_element_factory_get_static_pad_templates(factory); one; one = one->next) {
    ++pads[static_cast<GstStaticPadTemplate*>(one->data)->direction];
  }
  std::printf(",\"src\":%u,\"sink\":%u", pads[GST_PAD_SRC], pads[GST_PAD_SINK]);
  print_uri(factory);
  std::printf("}\n");
  if (plugin) gst_object_unref(plugin);
  gst_object_unref(factory);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GList* factories = gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY);
  for (GList* one = factories; one; one = one->next) write_element(GST_ELEMENT_FACTORY(one->data));
  gst_plugin_feature_list_free(factories);
  return 0;
}
