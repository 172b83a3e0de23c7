#include "rtmp/elements/pads.h"

#include "gst/caps.h"

namespace rxgst::rtmp {

namespace {

/** What is behind a live source waits for as long as the property `latency` says. */
gboolean on_query(GstPad* self, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(self, parent, query);
  guint latency_ms = 0;
  g_object_get(parent, "latency", &latency_ms, nullptr);
  gst_query_set_latency(query, TRUE, latency_ms * GST_MSECOND, GST_CLOCK_TIME_NONE);
  return TRUE;
}

}  // namespace

GstPad* new_source_pad(GstElement* element, const char* name, GstCaps* caps, guint group) {
  GstPadTemplate* pattern = gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element), name);
  GstPad* pad = gst_pad_new_from_template(pattern, name);
  gst_pad_use_fixed_caps(pad);
  gst_pad_set_query_function(pad, on_query);
  gst_pad_set_active(pad, TRUE);
  CharPtr id(gst_pad_create_stream_id(pad, element, name));
  GstEvent* start = gst_event_new_stream_start(id.get());
  gst_event_set_group_id(start, group);
  gst_pad_push_event(pad, start);
  gst_pad_push_event(pad, gst_event_new_caps(caps));
  return pad;
}

void set_pad_caps(GstPad* pad, GstCaps* caps) {
  const CapsRef current(gst_pad_get_current_caps(pad));
  if (!current || !gst_caps_is_equal(current.get(), caps)) gst_pad_push_event(pad, gst_event_new_caps(caps));
}

}  // namespace rxgst::rtmp
