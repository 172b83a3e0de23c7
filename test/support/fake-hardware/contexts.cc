#include "contexts.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace fake {
namespace {

constexpr char cuda_type[] = "gst.cuda.context";
constexpr char cuda_device[] = "cuda-device-id";

void note(const char* path, const char* line) {
  const int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT, 0600) : -1;
  if (file < 0) return;
  if (write(file, line, std::strlen(line)) < 0) g_printerr("%s cannot be written\n", path);
  close(file);
}

gpointer parent_class = nullptr;

void finalize(GObject* object) {
  note(static_cast<const char*>(g_object_get_data(object, "told to")), "gone\n");
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

GType cuda_context_type() {
  static const GType type = [] {
    GTypeInfo info{};
    info.class_size = sizeof(GstObjectClass);
    info.class_init = [](gpointer klass, gpointer) {
      parent_class = g_type_class_peek_parent(klass);
      G_OBJECT_CLASS(klass)->finalize = finalize;
    };
    info.instance_size = sizeof(GstObject);
    return g_type_register_static(GST_TYPE_OBJECT, "FakeCudaContext", &info, static_cast<GTypeFlags>(0));
  }();
  return type;
}

/** Whether somebody beside it answers. */
bool ask(GstElement* element, GstQuery* query, GstPadDirection direction) {
  bool answered = false;
  GST_OBJECT_LOCK(element);
  GList* pads = g_list_copy_deep(
      direction == GST_PAD_SRC ? element->srcpads : element->sinkpads,
      [](gconstpointer pad, gpointer) { return gst_object_ref(const_cast<gpointer>(pad)); }, nullptr);
  GST_OBJECT_UNLOCK(element);
  for (GList* at = pads; at && !answered; at = at->next) answered = gst_pad_peer_query(GST_PAD(at->data), query);
  g_list_free_full(pads, gst_object_unref);
  return answered;
}

void look_for_cuda(GstElement* element, Contexts* contexts) {
  GstQuery* query = gst_query_new_context(cuda_type);
  for (GstPadDirection direction : {GST_PAD_SRC, GST_PAD_SINK}) {
    if (contexts->cuda || !ask(element, query, direction)) continue;
    GstContext* context = nullptr;
    gst_query_parse_context(query, &context);
    if (context) gst_element_set_context(element, context);
  }
  gst_query_unref(query);
  if (!contexts->cuda) gst_element_post_message(element, gst_message_new_need_context(GST_OBJECT(element), cuda_type));
}

/** libgstgl, which the real plugin is linked with. */
template <class F>
F of_gl(const char* name) {
  static void* library = dlopen("libgstgl-1.0.so.0", RTLD_LAZY | RTLD_LOCAL);
  return library ? reinterpret_cast<F>(dlsym(library, name)) : nullptr;
}

}  // namespace

void open_card(GstElement* element, Contexts* contexts) {
  static GRecMutex lock;
  g_rec_mutex_lock(&lock);
  if (!contexts->cuda) look_for_cuda(element, contexts);
  if (!contexts->cuda) {
    contexts->cuda = GST_OBJECT(gst_object_ref_sink(g_object_new(cuda_context_type(), nullptr)));
    // Where its end is told, too, though others may be counted by then.
    const char* path = std::getenv("RXGST_FAKE_CONTEXTS");
    g_object_set_data_full(G_OBJECT(contexts->cuda), "told to", g_strdup(path), g_free);
    note(path, "made\n");
    GstContext* context = gst_context_new(cuda_type, TRUE);
    gst_structure_set(gst_context_writable_structure(context), cuda_type, cuda_context_type(), contexts->cuda,
                      cuda_device, G_TYPE_UINT, 0, nullptr);
    gst_element_set_context(element, context);
    gst_element_post_message(element, gst_message_new_have_context(GST_OBJECT(element), context));
  }
  g_rec_mutex_unlock(&lock);
}

void open_display(GstElement* element, Contexts* contexts) {
  using Ensure = gboolean (*)(gpointer, GstObject**, GstObject**);
  static const auto ensure = of_gl<Ensure>("gst_gl_ensure_element_data");
  if (ensure) ensure(element, &contexts->gl_display, &contexts->gl_other);
}

void take_context(GstElement* element, GstContext* context, Contexts* contexts) {
  if (gst_context_has_context_type(context, cuda_type)) {
    const GstStructure* told = gst_context_get_structure(context);
    if (!contexts->cuda) gst_structure_get(told, cuda_type, cuda_context_type(), &contexts->cuda, nullptr);
    return;
  }
  using Handle = gboolean (*)(GstElement*, GstContext*, GstObject**, GstObject**);
  static const auto handle = of_gl<Handle>("gst_gl_handle_set_context");
  if (handle) handle(element, context, &contexts->gl_display, &contexts->gl_other);
}

void close_card(Contexts* contexts) {
  gst_clear_object(&contexts->cuda);
  gst_clear_object(&contexts->gl_display);
  gst_clear_object(&contexts->gl_other);
}

}  // namespace fake
