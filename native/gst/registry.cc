#include "gst/registry.h"

#include <memory>
#include <utility>
#include <vector>

#include "gst/library.h"
#include "js/completions.h"
#include "js/js.h"

namespace rxgst {

ObjectRef<GstElementFactory> load_factory(const std::string& name) {
  ObjectRef<GstElementFactory> found(gst_element_factory_find(name.c_str()));
  if (!found) return nullptr;
  GstPluginFeature* loaded = gst_plugin_feature_load(GST_PLUGIN_FEATURE(found.get()));
  return ObjectRef<GstElementFactory>(loaded ? GST_ELEMENT_FACTORY(loaded) : nullptr);
}

TypeClassRef class_of(GstElementFactory* factory) {
  return TypeClassRef(G_OBJECT_CLASS(g_type_class_ref(gst_element_factory_get_element_type(factory))));
}

namespace {

/** Loads the factory, or else its plugin's file: the registry of this process may not know it. */
ObjectRef<GstElementFactory> load_from(const std::string& file, const std::string& name) {
  auto factory = load_factory(name);
  if (factory || file.empty()) return factory;
  // The registry remembers a plugin that had nothing to offer, even after its driver has come. Loaded anew, the plugin
  // offers more.
  ObjectRef<GstPlugin> plugin(gst_plugin_load_file(file.c_str(), nullptr));
  return plugin ? load_factory(name) : nullptr;
}

}  // namespace

/** loadFactories(names, files?): loads their plugins on a worker; a promise of the names that no plugin offers. */
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
  auto wakeup = Wakeup::create(info.Env(), Napi::Function(), "rxgst load",
                               [completions](Napi::Env env) { completions->settle(env); });
  run_detached([names, files, completions, ticket, wakeup] {
    Missing missing;
    // If GStreamer does not start, every factory is missing.
    begin_gstreamer();
    for (size_t i = 0; i < names->size(); ++i) {
      const std::string& name = (*names)[i];
      const auto factory = load_from((*files)[i], name);
      // Loads the class too: its first use registers types, and libav then walks through all codecs.
      if (factory)
        class_of(factory.get());
      else
        missing.push_back(name);
    }
    completions->done(ticket, std::move(missing));
    wakeup->wake_last();
  });
  return promise;
}

/** elementType(name): { plugin } of an element that loadFactories has loaded; null if there is no such element. */
Napi::Value element_type(const Napi::CallbackInfo& info) {
  begin_gstreamer();
  const auto factory = load_factory(info[0].As<Napi::String>());
  if (!factory) return info.Env().Null();
  ObjectRef<GstPlugin> plugin(gst_plugin_feature_get_plugin(GST_PLUGIN_FEATURE(factory.get())));
  const gchar* file = plugin ? gst_plugin_get_filename(plugin.get()) : nullptr;
  auto result = Napi::Object::New(info.Env());
  result["plugin"] = text_or_null(info.Env(), file ? file : "");
  return result;
}

}  // namespace rxgst
