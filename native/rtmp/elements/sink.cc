#include <gst/base/gstbasesink.h>
#include <gst/gst.h>

#include <memory>
#include <utility>

#include "gst/refs.h"
#include "rtmp/elements/elements.h"
#include "rtmp/elements/properties.h"
#include "rtmp/elements/publisher.h"

namespace rxgst::rtmp {

namespace {

enum SinkProperty : guint { prop_async_connect = prop_own, prop_publish_by };

/** For the last packets and the goodbye at the end of a stream. */
constexpr int64_t longest_end_us = 1'500'000;

/** Guarded by the object lock. */
struct SinkState {
  ElementSettings settings;
  bool async_connect = true;
  gint64 publish_by_us = 0;
  std::shared_ptr<TagPublisher> running;
};

struct RtmpSink {
  GstBaseSink base;
  SinkState* state;
};
struct RtmpSinkClass {
  GstBaseSinkClass base;
};
GstBaseSinkClass* sink_parent = nullptr;

SinkState& sink_state(gpointer self) { return *static_cast<RtmpSink*>(self)->state; }

std::shared_ptr<TagPublisher> running_of(GstBaseSink* sink) {
  GST_OBJECT_LOCK(sink);
  auto running = sink_state(sink).running;
  GST_OBJECT_UNLOCK(sink);
  return running;
}

void set_sink_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  SinkState& state = sink_state(object);
  if (set_shared_property(GST_ELEMENT(object), &state.settings, id, value)) return;
  std::shared_ptr<TagPublisher> running;
  GST_OBJECT_LOCK(object);
  if (id == prop_async_connect) {
    state.async_connect = g_value_get_boolean(value);
  } else if (id == prop_publish_by) {
    state.publish_by_us = g_value_get_int64(value);
    running = state.running;
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
  if (running && running->stream()) running->stream()->follow(g_value_get_int64(value));
}

void get_sink_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  SinkState& state = sink_state(object);
  if (get_shared_property(GST_ELEMENT(object), &state.settings, id, value)) return;
  GST_OBJECT_LOCK(object);
  if (id == prop_async_connect) {
    g_value_set_boolean(value, state.async_connect);
  } else if (id == prop_publish_by) {
    g_value_set_int64(value, state.publish_by_us);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

bool connect_sink(GstBaseSink* sink) {
  auto options = session_options(GST_ELEMENT(sink), sink_state(sink).settings, Role::publish);
  if (!options) {
    GST_ELEMENT_ERROR(sink, RESOURCE, NOT_FOUND, ("The host is missing"), (nullptr));
    return false;
  }
  GST_OBJECT_LOCK(sink);
  options->publish_by_us = sink_state(sink).publish_by_us;
  GST_OBJECT_UNLOCK(sink);
  auto publisher = std::make_shared<TagPublisher>(GST_ELEMENT(sink));
  auto stream = LiveStream::create(std::move(*options), publisher);
  publisher->set_stream(stream);
  GST_OBJECT_LOCK(sink);
  sink_state(sink).settings.live = stream;
  sink_state(sink).running = publisher;
  GST_OBJECT_UNLOCK(sink);
  stream->start();
  return true;
}

void disconnect_sink(GstBaseSink* sink) {
  GST_OBJECT_LOCK(sink);
  const auto running = std::exchange(sink_state(sink).running, nullptr);
  GST_OBJECT_UNLOCK(sink);
  // Its stream stays with it: the I/O thread may just be telling it something.
  if (running) running->close();
}

/** Each way from READY to PAUSED and back is a publication. */
GstStateChangeReturn change_sink_state(GstElement* element, GstStateChange change) {
  GstBaseSink* const sink = GST_BASE_SINK(element);
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK(sink);
    const bool now = sink_state(sink).async_connect;
    GST_OBJECT_UNLOCK(sink);
    if (now && !connect_sink(sink)) return GST_STATE_CHANGE_FAILURE;
  }
  const GstStateChangeReturn result = GST_ELEMENT_CLASS(sink_parent)->change_state(element, change);
  const bool failed = change == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE;
  if (failed || change == GST_STATE_CHANGE_PAUSED_TO_READY) disconnect_sink(sink);
  return result;
}

gboolean unlock_sink(GstBaseSink* sink) {
  if (const auto running = running_of(sink)) running->set_flushing(true);
  return TRUE;
}

gboolean unlock_stop_sink(GstBaseSink* sink) {
  if (const auto running = running_of(sink)) running->set_flushing(false);
  return TRUE;
}

GstFlowReturn render_sink(GstBaseSink* sink, GstBuffer* buffer) {
  auto running = running_of(sink);
  if (!running) {
    if (!connect_sink(sink)) return GST_FLOW_ERROR;
    running = running_of(sink);
  }
  if (!running) return GST_FLOW_FLUSHING;
  for (;;) {
    GstFlowReturn flow = running->take(buffer);
    if (flow != GST_FLOW_FLUSHING) return flow;
    // A pause ends the wait, too; then the buffer is taken after it.
    flow = gst_base_sink_wait_preroll(sink);
    if (flow != GST_FLOW_OK) return flow;
  }
}

gboolean sink_event(GstBaseSink* sink, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    const auto running = running_of(sink);
    // An error is the end; another one, of the stream, would be news of something else.
    if (running && !running->finish(longest_end_us)) {
      gst_event_unref(event);
      return FALSE;
    }
  }
  return sink_parent->event(sink, event);
}

void finalize_sink(GObject* object) {
  delete static_cast<RtmpSink*>(static_cast<gpointer>(object))->state;
  G_OBJECT_CLASS(sink_parent)->finalize(object);
}

void init_sink_class(gpointer type, gpointer) {
  sink_parent = static_cast<GstBaseSinkClass*>(g_type_class_peek_parent(type));
  auto* object = static_cast<GObjectClass*>(type);
  object->set_property = set_sink_property;
  object->get_property = get_sink_property;
  object->finalize = finalize_sink;
  install_shared_properties(object);
  g_object_class_install_property(
      object, prop_async_connect,
      g_param_spec_boolean("async-connect", "async-connect", "Connects at the start, not with the first buffer", TRUE,
                           static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)));
  g_object_class_install_property(
      object, prop_publish_by,
      g_param_spec_int64("publish-by", "publish-by",
                         "The server is not asked for the stream later, us of CLOCK_MONOTONIC; 0: at any time. Set "
                         "while it publishes: the last wish of the server to be left is followed up to then",
                         0, G_MAXINT64, 0, static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)));
  auto* element = static_cast<GstElementClass*>(type);
  element->change_state = change_sink_state;
  GstCaps* caps = gst_caps_new_empty_simple("video/x-flv");
  gst_element_class_add_pad_template(element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
  gst_element_class_set_static_metadata(element, "RTMP sink", "Sink/Network", "Publishes a stream to an RTMP server",
                                        "rxgst");
  auto* base = static_cast<GstBaseSinkClass*>(type);
  base->unlock = unlock_sink;
  base->unlock_stop = unlock_stop_sink;
  base->render = render_sink;
  base->event = sink_event;
}

void init_sink(GTypeInstance* instance, gpointer) {
  static_cast<RtmpSink*>(static_cast<gpointer>(instance))->state = new SinkState();
}

}  // namespace

GType sink_type() {
  static const GType type = [] {
    CharPtr name(g_strdup_printf("RxgstRtmpSink-%p", static_cast<const void*>(&sink_parent)));
    return g_type_register_static_simple(GST_TYPE_BASE_SINK, name.get(), sizeof(RtmpSinkClass), init_sink_class,
                                         sizeof(RtmpSink), init_sink, static_cast<GTypeFlags>(0));
  }();
  return type;
}

}  // namespace rxgst::rtmp
