#include "gst/device_context.h"

#include <dlfcn.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "gst/bin.h"
#include "gst/caps.h"
#include "gst/refs.h"

namespace rxgst {
namespace {

constexpr char cuda_context[] = "gst.cuda.context";
constexpr char cuda_device[] = "cuda-device-id";
constexpr char gl_display[] = "gst.gl.GLDisplay";
constexpr gint64 any_device = -1;

using Context = std::shared_ptr<GstContext>;

Context own(GstContext* context) { return Context(context, MiniObjectUnref()); }

/** Shared by the whole process. Never destroyed: threads may use it while the process exits. */
struct Shared {
  std::mutex mutex;
  // The pipelines that use the contexts hold them. Guarded by mutex; no context is released under it.
  std::map<gint64, std::weak_ptr<GstContext>> cuda;
  std::weak_ptr<GstContext> no_display;
};

Shared& shared() {
  static auto* all = new Shared;
  return *all;
}

/** The number of the card that an element is made for. */
gint64 device_of(GstElement* element) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), cuda_device);
  if (!spec || !(spec->flags & G_PARAM_READABLE)) return any_device;
  GValue value = G_VALUE_INIT;
  GValue wide = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  g_value_init(&wide, G_TYPE_INT64);
  g_object_get_property(G_OBJECT(element), cuda_device, &value);
  const gint64 device = g_value_transform(&value, &wide) ? g_value_get_int64(&wide) : any_device;
  g_value_unset(&value);
  return device;
}

gint64 device_of(const GstContext* context) {
  guint device = 0;
  gst_structure_get_uint(gst_context_get_structure(context), cuda_device, &device);
  return device;
}

Context cuda_for(gint64 device) {
  std::lock_guard lock(shared().mutex);
  for (auto& [of, weak] : shared().cuda) {
    if (device != any_device && of != device) continue;
    if (Context context = weak.lock()) return context;
  }
  return nullptr;
}

bool is_codec(GstElement* element) { return klass_of(element).find("Codec/") != std::string_view::npos; }

/** Whether one of its pads takes or gives OpenGL memory. */
bool speaks_gl(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  if (!factory) return false;
  for (const GList* at = gst_element_factory_get_static_pad_templates(factory); at; at = at->next) {
    const auto* pad = static_cast<const GstStaticPadTemplate*>(at->data);
    if (std::string_view(pad->static_caps.string).find("memory:GLMemory") != std::string_view::npos) return true;
  }
  return false;
}

/** Whether no element but codecs, which do without, could use a display of OpenGL. */
bool needs_no_display(GstElement* pipeline) {
  return std::ranges::none_of(elements_in(pipeline),
                              [](const auto& element) { return speaks_gl(element.get()) && !is_codec(element.get()); });
}

/**
 * A display of OpenGL without a window system. An element that gets it looks for no other: it would open Wayland, X11
 * and EGL, and print on the stderr of this process if it finds none. Made with GStreamer's library, if an element has
 * loaded it.
 */
Context make_no_display() {
  // Never closed: objects that it has made live on.
  void* library = dlopen("libgstgl-1.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
  if (!library) return nullptr;
  const auto type = reinterpret_cast<GType (*)()>(dlsym(library, "gst_gl_display_get_type"));
  const auto set = reinterpret_cast<void (*)(GstContext*, gpointer)>(dlsym(library, "gst_context_set_gl_display"));
  if (!type || !set) return nullptr;
  ObjectRef<GstObject> display(GST_OBJECT(gst_object_ref_sink(g_object_new(type(), nullptr))));
  Context context = own(gst_context_new(gl_display, TRUE));
  set(context.get(), display.get());
  return context;
}

Context no_display() {
  std::lock_guard lock(shared().mutex);
  Context context = shared().no_display.lock();
  if (!context) shared().no_display = context = make_no_display();
  return context;
}

}  // namespace

void ContextUse::hold(Context context) {
  std::lock_guard lock(mutex_);
  if (std::find(held_.begin(), held_.end(), context) == held_.end()) held_.push_back(std::move(context));
}

void ContextUse::give(GstElement* element, Context context) {
  if (!context) return;
  gst_element_set_context(element, context.get());
  hold(std::move(context));
}

void ContextUse::on_message(GstMessage* message, GstElement* pipeline) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_HAVE_CONTEXT) {
    GstContext* raw = nullptr;
    gst_message_parse_have_context(message, &raw);
    Context context = own(raw);
    if (!gst_context_has_context_type(raw, cuda_context)) return;
    const gint64 device = device_of(raw);
    if (cuda_for(device)) return;
    {
      std::lock_guard lock(shared().mutex);
      shared().cuda[device] = context;
    }
    hold(std::move(context));
    return;
  }
  GstObject* source = GST_MESSAGE_SRC(message);
  const gchar* type = nullptr;
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_NEED_CONTEXT || !source || !GST_IS_ELEMENT(source)) return;
  if (!gst_message_parse_context_type(message, &type)) return;
  auto* element = GST_ELEMENT(source);
  if (std::string_view(type) == cuda_context) give(element, cuda_for(device_of(element)));
  if (std::string_view(type) != gl_display || !is_codec(element)) return;
  if (needs_no_display(pipeline)) give(element, no_display());
}

void forget_contexts() {
  std::lock_guard lock(shared().mutex);
  shared().cuda.clear();
}

Napi::Value forget_contexts_of(const Napi::CallbackInfo& info) {
  forget_contexts();
  return info.Env().Undefined();
}

}  // namespace rxgst
