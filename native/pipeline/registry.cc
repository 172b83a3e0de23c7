#include "pipeline/registry.h"

#include <memory>
#include <utility>
#include <vector>

#include "gst/library.h"
#include "js/completions.h"
#include "js/js.h"
#include "pipeline/property.h"

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

/** Of a file that was found to hold it, where the registry of this process does not know better. */
ObjectRef<GstElementFactory> load_from(const std::string& file, const std::string& name) {
  auto factory = load_factory(name);
  if (factory || file.empty()) return factory;
  // A plugin that had nothing to offer is remembered so, also when its driver has come since; loaded anew it offers
  // more.
  ObjectRef<GstPlugin> plugin(gst_plugin_load_file(file.c_str(), nullptr));
  return plugin ? load_factory(name) : nullptr;
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
  auto wakeup = Wakeup::create(info.Env(), Napi::Function(), "rxgst load",
                               [completions](Napi::Env env) { completions->settle(env); });
  run_detached([names, files, completions, ticket, wakeup] {
    Missing missing;
    // Where that fails nothing is found.
    begin_gstreamer();
    for (size_t i = 0; i < names->size(); ++i) {
      const std::string& name = (*names)[i];
      const auto factory = load_from((*files)[i], name);
      // The class too: its first instance registers types and, in libav, walks all codecs.
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

/** elementType(name): { plugin } of an element that loadFactories has loaded; null: it is not there. */
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

/**
 * takes(factory, property, value): whether an element that loadFactories has loaded can be made with it; null: it has
 * no such property, or is not there.
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

}  // namespace rxgst
