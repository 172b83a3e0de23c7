#include "gst/library.h"

#include <gst/gst.h>

#include <memory>

#include "js/js.h"

namespace rxgst {
namespace {

struct FeatureListFree {
  void operator()(GList* features) const { gst_plugin_feature_list_free(features); }
};
using FeatureList = std::unique_ptr<GList, FeatureListFree>;

struct ErrorFree {
  void operator()(GError* error) const { g_error_free(error); }
};

}  // namespace

std::string begin_gstreamer() {
  // Holds a lock of its own while it works; after that it only looks at a flag.
  GError* raw = nullptr;
  const bool begun = gst_init_check(nullptr, nullptr, &raw);
  std::unique_ptr<GError, ErrorFree> error(raw);
  if (begun) return "";
  return error ? error->message : "it does not say why";
}

Napi::Value gstreamer_version(const Napi::CallbackInfo& info) {
  guint major = 0, minor = 0, micro = 0, nano = 0;
  gst_version(&major, &minor, &micro, &nano);
  gchar* text = gst_version_string();
  auto result = Napi::Object::New(info.Env());
  result["major"] = major;
  result["minor"] = minor;
  result["text"] = text;
  g_free(text);
  return result;
}

Napi::Value start_gstreamer(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto deferred = Napi::Promise::Deferred::New(env);
  const auto settle = Napi::Function::New(
      env,
      [deferred](const Napi::CallbackInfo& settled) {
        const std::string why = settled[0].As<Napi::String>();
        if (why.empty()) {
          deferred.Resolve(settled.Env().Undefined());
        } else {
          deferred.Reject(Napi::Error::New(settled.Env(), why).Value());
        }
      },
      "settle");
  auto why = std::make_shared<std::string>();
  // A worker thread may end after the environment: the bell knows.
  auto bell = Bell::once(env, settle, "rxgst start", [why](Napi::Env at) { return Napi::String::New(at, *why); });
  run_detached([why, bell] {
    *why = begin_gstreamer();
    bell->ring();
  });
  return deferred.Promise();
}

Napi::Value element_names(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto names = Napi::Array::New(env);
  if (!begin_gstreamer().empty()) return names;
  FeatureList features(gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY));
  uint32_t count = 0;
  for (const GList* at = features.get(); at; at = at->next) {
    auto* feature = GST_PLUGIN_FEATURE(at->data);
    // Without a plugin: this addon's own, of which nobody makes a graph.
    if (gst_plugin_feature_get_plugin_name(feature)) names[count++] = Napi::String::New(env, GST_OBJECT_NAME(feature));
  }
  return names;
}

}  // namespace rxgst
