#include "pipeline/registry.h"

#include <gst/gst.h>

#include <memory>
#include <string>
#include <vector>

#include "gst/library.h"
#include "gst/refs.h"
#include "js/completions.h"
#include "js/js.h"
#include "pipeline/property.h"

namespace rxgst {
namespace {

/** Of a file that was found to hold it, where the registry of this process does not know better. */
GstElementFactory* find_factory(const std::string& name, const std::string& file) {
  GstElementFactory* factory = gst_element_factory_find(name.c_str());
  if (factory || file.empty()) return factory;
  // A plugin that had nothing to offer is remembered so, also when its driver has come since; loaded anew it offers
  // more.
  ObjectRef<GstPlugin> plugin(gst_plugin_load_file(file.c_str(), nullptr));
  return plugin ? gst_element_factory_find(name.c_str()) : nullptr;
}

}  // namespace

/** loadFactories(names, files?): loads their plugins in a worker; a promise of the names of elements that are not
 * there. */
Napi::Value load_factories(const Napi::CallbackInfo& info) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto list = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) names->push_back(list.Get(i).As<Napi::String>());
  auto files = std::make_shared<std::vector<std::string>>(names->size());
  if (info[1].IsArray()) {
    auto given = info[1].As<Napi::Array>();
    for (uint32_t i = 0; i < given.Length() && i < files->size(); ++i) (*files)[i] = given.Get(i).As<Napi::String>();
  }
  using Missing = std::vector<std::string>;
  auto completions = std::make_shared<Completions<Missing>>([](Napi::Env env, const Missing& missing) -> Napi::Value {
    auto result = Napi::Array::New(env, missing.size());
    for (uint32_t i = 0; i < missing.size(); ++i) result[i] = missing[i];
    return result;
  });
  Completions<Missing>::Ticket ticket;
  const Napi::Value promise = completions->open(info.Env(), &ticket);
  auto bell = Bell::create(info.Env(), Napi::Function(), "rxgst load",
                           [completions](Napi::Env env) { completions->settle(env); });
  run_detached([names, files, completions, ticket, bell] {
    Missing missing;
    // Where that fails nothing is found.
    begin_gstreamer();
    for (size_t i = 0; i < names->size(); ++i) {
      const std::string& name = (*names)[i];
      ObjectRef<GstElementFactory> factory(find_factory(name, (*files)[i]));
      ObjectRef<GstPluginFeature> feature(factory ? gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get()))
                                                  : nullptr);
      if (!feature) missing.push_back(name);
      // The class too: its first instance registers types and, in libav, walks all codecs.
      if (feature) {
        if (gpointer type =
                g_type_class_ref(gst_element_factory_get_element_type(GST_ELEMENT_FACTORY(feature.get())))) {
          g_type_class_unref(type);
        }
      }
    }
    completions->done(ticket, std::move(missing));
    bell->ring_last();
  });
  return promise;
}

/** elementType(name): { properties, plugin } of an element that loadFactories has loaded; null: it is not there. */
Napi::Value element_type(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  begin_gstreamer();
  ObjectRef<GstElementFactory> factory(gst_element_factory_find(name.c_str()));
  ObjectRef<GstPluginFeature> feature(factory ? gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get())) : nullptr);
  if (!feature) return info.Env().Null();
  auto properties = Napi::Array::New(info.Env());
  gpointer type = g_type_class_ref(gst_element_factory_get_element_type(GST_ELEMENT_FACTORY(feature.get())));
  if (type) {
    uint32_t at = 0;
    for (const std::string& property : property_names(G_OBJECT_CLASS(type))) properties[at++] = property;
    g_type_class_unref(type);
  }
  ObjectRef<GstPlugin> plugin(gst_plugin_feature_get_plugin(feature.get()));
  const gchar* file = plugin ? gst_plugin_get_filename(plugin.get()) : nullptr;
  auto result = Napi::Object::New(info.Env());
  result["properties"] = properties;
  result["plugin"] = file ? Napi::String::New(info.Env(), file) : info.Env().Null();
  return result;
}

/**
 * takes(factory, property, value): whether an element that loadFactories has loaded can be made with it; null: it has
 * no such property, or is not there.
 */
Napi::Value takes(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  begin_gstreamer();
  ObjectRef<GstElementFactory> factory(gst_element_factory_find(name.c_str()));
  ObjectRef<GstPluginFeature> feature(factory ? gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get())) : nullptr);
  if (!feature) return info.Env().Null();
  gpointer type = g_type_class_ref(gst_element_factory_get_element_type(GST_ELEMENT_FACTORY(feature.get())));
  GParamSpec* spec = find_property(G_OBJECT_CLASS(type), info[1].As<Napi::String>());
  Napi::Value result = info.Env().Null();
  if (spec) {
    Value value;
    std::string expected;
    const bool taken = (spec->flags & G_PARAM_WRITABLE) && convert(spec, given_of(info[2]), nullptr, &value, &expected);
    result = Napi::Boolean::New(info.Env(), taken);
  }
  g_type_class_unref(type);
  return result;
}

}  // namespace rxgst
