#include "stills/one_shot.h"

#include <memory>
#include <utility>

#include "gst/caps.h"
#include "gst/library.h"
#include "gst/registry.h"

namespace rxgst {
namespace {

/** Sets a NULL state at the end: an element must not be disposed of in another one. */
struct Stopped {
  void operator()(GstElement* element) const {
    gst_element_set_state(element, GST_STATE_NULL);
    gst_object_unref(element);
  }
};

/** Most buffers that are kept of one: a decoder may make several pictures of what a peer has sent. */
constexpr size_t most_buffers = 4;

struct Collected {
  OneShot* result;
  size_t most;
};

GstFlowReturn collect(GstPad* pad, GstObject*, GstBuffer* raw) {
  BufferRef buffer(raw);
  const auto& into = *static_cast<Collected*>(gst_pad_get_element_private(pad));
  if (into.result->buffers.size() < into.most) into.result->buffers.push_back(std::move(buffer));
  return GST_FLOW_OK;
}

gboolean note_event(GstPad* pad, GstObject*, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    static_cast<Collected*>(gst_pad_get_element_private(pad))->result->caps = ref_caps(caps);
  }
  gst_event_unref(event);
  return TRUE;
}

/** A pad that is nobody's, as it is linked to the element. */
ObjectRef<GstPad> own_pad(const char* name, GstPadDirection direction, GstCaps* caps = nullptr) {
  if (!caps) return ObjectRef<GstPad>(GST_PAD(gst_object_ref_sink(gst_pad_new(name, direction))));
  const ObjectRef<GstPadTemplate> pattern(
      GST_PAD_TEMPLATE(gst_object_ref_sink(gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps))));
  return ObjectRef<GstPad>(GST_PAD(gst_object_ref_sink(gst_pad_new_from_template(pattern.get(), name))));
}

bool link(GstElement* element, GstPad* source, GstPad* sink) {
  const ObjectRef<GstPad> in(gst_element_get_static_pad(element, "sink"));
  const ObjectRef<GstPad> out(gst_element_get_static_pad(element, "src"));
  return in && out && gst_pad_link(source, in.get()) == GST_PAD_LINK_OK &&
         gst_pad_link(out.get(), sink) == GST_PAD_LINK_OK;
}

GstFlowReturn push_all(GstPad* source, GstCaps* caps, std::vector<BufferRef> buffers) {
  gst_pad_push_event(source, gst_event_new_stream_start("rxgst-still"));
  gst_pad_push_event(source, gst_event_new_caps(caps));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source, gst_event_new_segment(&segment));
  GstFlowReturn flow = GST_FLOW_OK;
  for (BufferRef& buffer : buffers) {
    if (flow == GST_FLOW_OK) flow = gst_pad_push(source, buffer.release());
  }
  gst_pad_push_event(source, gst_event_new_eos());
  return flow;
}

}  // namespace

OneShot run_once(const char* factory, GstCaps* caps, BufferRef buffer,
                 const std::function<void(GstElement*)>& prepare) {
  GST_BUFFER_PTS(buffer.get()) = 0;
  GST_BUFFER_DTS(buffer.get()) = GST_CLOCK_TIME_NONE;
  std::vector<BufferRef> buffers;
  buffers.push_back(std::move(buffer));
  return run_once(factory, caps, std::move(buffers), nullptr, prepare);
}

OneShot run_once(const char* factory, GstCaps* caps, std::vector<BufferRef> buffers, GstCaps* wanted,
                 const std::function<void(GstElement*)>& prepare) {
  OneShot result;
  Collected into{&result, buffers.size() * most_buffers};
  if (result.error = begin_gstreamer(); !result.error.empty()) return result;
  const auto found = load_factory(factory);
  GstElement* made = found ? gst_element_factory_create(found.get(), nullptr) : nullptr;
  if (!made) {
    result.error = std::string("no element ") + factory;
    return result;
  }
  gst_object_ref_sink(made);
  const std::unique_ptr<GstElement, Stopped> element(made);
  if (prepare) prepare(made);
  const ObjectRef<GstPad> source = own_pad("src", GST_PAD_SRC);
  const ObjectRef<GstPad> sink = own_pad("sink", GST_PAD_SINK, wanted);
  gst_pad_set_element_private(sink.get(), &into);
  gst_pad_set_chain_function(sink.get(), collect);
  gst_pad_set_event_function(sink.get(), note_event);
  gst_pad_set_active(sink.get(), TRUE);
  gst_pad_set_active(source.get(), TRUE);
  if (!link(made, source.get(), sink.get()) ||
      gst_element_set_state(made, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    result.error = std::string(factory) + " does not start";
  } else if (const GstFlowReturn flow = push_all(source.get(), caps, std::move(buffers));
             flow != GST_FLOW_OK && flow != GST_FLOW_EOS) {
    result.error = std::string(factory) + ": " + gst_flow_get_name(flow);
  } else if (result.buffers.empty()) {
    result.error = std::string(factory) + " makes nothing of it";
  }
  gst_pad_set_active(source.get(), FALSE);
  gst_pad_set_active(sink.get(), FALSE);
  return result;
}

}  // namespace rxgst
