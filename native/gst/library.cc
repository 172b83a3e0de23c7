#include "gst/library.h"

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "js/completions.h"
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

// Never destroyed: workers may outlive the program.
std::mutex& mutex = *new std::mutex();
// Guarded by mutex.
auto& waiting = *new std::vector<void (*)()>();

void run_waiting() {
  std::lock_guard lock(mutex);
  for (const auto work : std::exchange(waiting, {})) work();
}

}  // namespace

void at_beginning(void (*work)()) {
  std::lock_guard lock(mutex);
  waiting.push_back(work);
}

std::string begin_gstreamer() {
  // gst_init_check() holds a lock of its own while it works; after that it only reads a flag.
  GError* raw = nullptr;
  const bool begun = gst_init_check(nullptr, nullptr, &raw);
  std::unique_ptr<GError, ErrorFree> error(raw);
  if (begun) {
    run_waiting();
    return "";
  }
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
  // The reason why GStreamer does not start; empty if it has.
  auto completions =
      std::make_shared<Completions<std::string>>([](Napi::Env env, const std::string& why) -> Napi::Value {
        return why.empty() ? env.Null() : Napi::Value(Napi::String::New(env, why));
      });
  Completions<std::string>::Ticket ticket;
  const Napi::Value promise = completions->open(info.Env(), &ticket);
  // The worker may outlive the environment: the wakeup handles that.
  auto wakeup = Wakeup::create(info.Env(), Napi::Function(), "rxgst start",
                               [completions](Napi::Env env) { completions->settle(env); });
  run_detached([completions, ticket, wakeup] {
    completions->done(ticket, begin_gstreamer());
    wakeup->wake_last();
  });
  return promise;
}

Napi::Value element_names(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto names = Napi::Array::New(env);
  if (!begin_gstreamer().empty()) return names;
  FeatureList features(gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY));
  uint32_t count = 0;
  for (const GList* at = features.get(); at; at = at->next) {
    auto* feature = GST_PLUGIN_FEATURE(at->data);
    // Elements without a plugin are this addon's own; no graph uses its door.
    const bool plugin = gst_plugin_feature_get_plugin_name(feature);
    if (plugin || std::string_view(GST_OBJECT_NAME(feature)) != "rxgstdoor")
      names[count++] = Napi::String::New(env, GST_OBJECT_NAME(feature));
  }
  return names;
}

}  // namespace rxgst
