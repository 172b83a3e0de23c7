#include "pipeline/bus.h"

#include <string_view>

#include "gst/caps.h"
#include "gst/device_context.h"

namespace rxgst {
namespace {

// While the event loop is blocked, repeated messages must not pile up: above this number minor messages are dropped and
// counted.
constexpr size_t max_messages = 200;

/** Errors and ends go on above that number; each pipeline needs one of them, and a few to explain it. */
constexpr size_t max_vital = 400;
/** The size of one text: a server may send 60 kB, and a file 16 MB. */
constexpr size_t max_text_bytes = 8192;

/** Never cuts a character of UTF-8. */
void shorten(std::string* text) {
  if (text->size() <= max_text_bytes) return;
  size_t end = max_text_bytes;
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xc0) == 0x80) --end;
  text->resize(end);
  text->append("…");
}

void shorten(JsFields* fields);

void shorten(JsValue* value) {
  if (auto* text = std::get_if<std::string>(value))
    shorten(text);
  else if (auto* fields = std::get_if<JsFields>(value))
    shorten(fields);
  else if (auto* list = std::get_if<JsList>(value)) {
    for (JsValue& item : *list) shorten(&item);
  }
}

void shorten(JsFields* fields) {
  for (auto& [name, value] : *fields) {
    shorten(&name);
    shorten(&value);
  }
}

std::string short_text(const gchar* text) {
  std::string result = text ? text : "";
  shorten(&result);
  return result;
}

void read_fault(GstMessage* message, BusMessage* result) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  const GstStructure* details = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, &debug);
      gst_message_parse_error_details(message, &details);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, &debug);
      gst_message_parse_warning_details(message, &details);
      break;
    default:
      gst_message_parse_info(message, &error, &debug);
      gst_message_parse_info_details(message, &details);
  }
  CharPtr owned(debug);
  result->debug = short_text(debug);
  if (error) {
    result->domain = short_text(g_quark_to_string(error->domain));
    result->code = error->code;
    result->text = short_text(error->message);
    result->detail = js_error(error);
    g_error_free(error);
  }
  result->detail.emplace_back("debug", result->debug);
  if (details) result->detail.emplace_back("details", js_fields(details));
}

/** In the posting thread, which may be any. */
BusMessage read_message(GstMessage* message, const GstElement* pipeline) {
  BusMessage result;
  result.type = short_text(gst_message_type_get_name(GST_MESSAGE_TYPE(message)));
  result.time = now_us();
  GstObject* source = GST_MESSAGE_SRC(message);
  if (source) result.element = short_text(GST_OBJECT_NAME(source));
  result.own = source == GST_OBJECT_CAST(pipeline);
  if (source && GST_IS_ELEMENT(source)) {
    result.factory = factory_name(GST_ELEMENT(source));
    shorten(&result.factory);
  }
  const GstStructure* structure = gst_message_get_structure(message);
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_INFO:
      read_fault(message, &result);
      break;
    case GST_MESSAGE_TAG: {
      GstTagList* tags = nullptr;
      gst_message_parse_tag(message, &tags);
      GValue value = G_VALUE_INIT;
      g_value_init(&value, GST_TYPE_TAG_LIST);
      g_value_take_boxed(&value, tags);
      result.detail.emplace_back("tags", js_value_of(&value));
      g_value_unset(&value);
      break;
    }
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_APPLICATION:
      result.detail = js_fields(structure);
      if (structure) {
        result.name = short_text(gst_structure_get_name(structure));
        result.detail.emplace_back("name", result.name);
      }
      break;
    default:
      result.detail = js_fields(structure);
  }
  shorten(&result.detail);
  return result;
}

struct Listener {
  std::shared_ptr<PipelineEvents> events;
  /** Only compared, and only while the pipeline's bus lives. */
  const GstElement* pipeline;
  /** Ends with the bus, after its pipeline has stopped. */
  ContextUse contexts;
};

/** Services that a pipeline expects of its program, on a worker: gst-launch's main loop offers the same. */
void attend(GstMessage* message, GstElement* pipeline) {
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  if (type != GST_MESSAGE_LATENCY) return;
  std::shared_ptr<GstElement> held(GST_ELEMENT(gst_object_ref(pipeline)), ObjectUnref());
  run_detached([held = std::move(held)] { gst_bin_recalculate_latency(GST_BIN(held.get())); });
}

/** Any streaming thread. */
GstBusSyncReply sort_message(GstBus*, GstMessage* message, gpointer data) {
  auto& listener = *static_cast<Listener*>(data);
  PipelineEvents& events = *listener.events;
  const GstElement* pipeline = listener.pipeline;
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  const bool own = GST_MESSAGE_SRC(message) == GST_OBJECT_CAST(pipeline);
  // The element that asks waits for the answer.
  listener.contexts.on_message(message, const_cast<GstElement*>(pipeline));
  const bool vital = type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS || (own && type == GST_MESSAGE_STATE_CHANGED);
  if (events.all) attend(message, const_cast<GstElement*>(pipeline));
  const bool wanted = events.all || type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS ||
                      type == GST_MESSAGE_WARNING || type == GST_MESSAGE_ELEMENT;
  if (wanted) {
    bool room = false;
    {
      std::lock_guard lock(events.mutex);
      room = events.messages.size() < (vital ? max_vital : max_messages);
      if (!room) ++events.dropped_messages;
    }
    if (room) {
      BusMessage read = read_message(message, pipeline);
      {
        std::lock_guard lock(events.mutex);
        events.messages.push_back(std::move(read));
      }
      events.wakeup->wake();
    }
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

}  // namespace

void listen(GstElement* pipeline, std::shared_ptr<PipelineEvents> events) {
  ObjectRef<GstBus> bus(gst_element_get_bus(pipeline));
  gst_bus_set_sync_handler(bus.get(), sort_message, new Listener{std::move(events), pipeline, {}}, delete_as<Listener>);
}

Napi::Object BusMessage::to_js(Napi::Env env) const {
  auto object = Napi::Object::New(env);
  object["type"] = type;
  object["element"] = element;
  object["factory"] = factory;
  object["domain"] = domain;
  object["code"] = code;
  object["text"] = text;
  object["debug"] = debug;
  object["name"] = name;
  object["detail"] = rxgst::to_js(env, detail);
  object["time"] = static_cast<double>(time);
  object["own"] = Napi::Boolean::New(env, own);
  return object;
}

}  // namespace rxgst
