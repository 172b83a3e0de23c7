#include "pipeline/live_graph.h"

#include <gst/base/gstbasesink.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "gst/pads.h"
#include "gst/refs.h"

namespace rxgst {
namespace {

// What a queue may hold while what is behind it waits for another pad: a minute of a picture at 4 Mbit/s.
constexpr guint most_waiting_bytes = 32 << 20;
// GstQueue's own limits; with others, somebody has set them.
constexpr guint usual_buffers = 200;
constexpr guint usual_bytes = 10 << 20;
constexpr guint64 usual_time = GST_SECOND;
// How long after its first buffer came a live graph shows it: what decoders take and networks vary by.
constexpr GstClockTime slack = 300 * GST_MSECOND;

struct Live {
  std::shared_ptr<LiveChoice> choice;
  std::mutex mutex;
  /** Of all sinks that show, so that they agree. Guarded by mutex. */
  std::optional<GstClockTime> base;
};
using LiveRef = std::shared_ptr<Live>;

struct Limits {
  guint buffers = 0;
  guint bytes = 0;
  guint64 time = 0;
  bool operator==(const Limits&) const = default;
};

Limits limits_of(GstElement* queue) {
  Limits limits;
  g_object_get(queue, "max-size-buffers", &limits.buffers, "max-size-bytes", &limits.bytes,  //
               "max-size-time", &limits.time, nullptr);
  return limits;
}

void set_limits(GstElement* queue, const Limits& limits) {
  g_object_set(queue, "max-size-buffers", limits.buffers, "max-size-bytes", limits.bytes, "max-size-time", limits.time,
               nullptr);
}

constexpr Limits usual{usual_buffers, usual_bytes, usual_time};
constexpr Limits grown{0, most_waiting_bytes, 0};

/** Whether a sink waits for its first buffer somewhere: the program has asked one to. */
bool is_prerolling(GstElement* element) {
  ObjectRef<GstObject> at(GST_OBJECT_CAST(gst_object_ref(element)));
  while (GstObject* parent = gst_object_get_parent(at.get())) at.reset(parent);
  return GST_IS_ELEMENT(at.get()) && GST_STATE(GST_ELEMENT_CAST(at.get())) < GST_STATE_PLAYING;
}

/** Whether something behind this pad has another pad that gets nothing at the moment. */
bool waits_for_another(GstPad* source, int depth = 0) {
  ObjectRef<GstPad> peer(gst_pad_get_peer(source));
  ObjectRef<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
  if (!element || depth > 32) return false;
  const auto inputs = pads_of(element.get(), GST_PAD_SINK);
  for (const auto& pad : inputs) {
    if (pad.get() != peer.get() && is_idle(pad.get())) return true;
  }
  const auto outputs = pads_of(element.get(), GST_PAD_SRC);
  const auto waits = [&](const auto& pad) { return waits_for_another(pad.get(), depth + 1); };
  return std::any_of(outputs.begin(), outputs.end(), waits);
}

/** The streaming thread that found it full; it looks again when this returns. */
void on_overrun(GstElement* queue, gpointer) {
  if (!(limits_of(queue) == usual)) return;
  ObjectRef<GstPad> source(gst_element_get_static_pad(queue, "src"));
  if (!source || !(is_prerolling(queue) || waits_for_another(source.get()))) return;
  set_limits(queue, grown);
}

/** It is empty: what waited has gone, and a slow sink is felt as early as ever. */
void on_underrun(GstElement* queue, gpointer) {
  if (limits_of(queue) == grown) set_limits(queue, usual);
}

bool shows_media(GstElement* element) {
  ObjectRef<GstObject> at(GST_OBJECT_CAST(gst_object_ref(element)));
  while (at && GST_IS_ELEMENT(at.get())) {
    GstElementFactory* factory = gst_element_get_factory(GST_ELEMENT_CAST(at.get()));
    const gchar* klass = factory ? gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS) : nullptr;
    const std::string_view text = klass ? klass : "";
    const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    if (has("Sink") && (has("Video") || has("Audio"))) return true;
    at.reset(gst_object_get_parent(at.get()));
  }
  return false;
}

/**
 * Streaming thread. A pipeline that does not wait for media plays before the server has answered: by its clock all of
 * it would be late, and a screen drops what is late.
 */
GstPadProbeReturn on_first_buffer(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  Live& live = **static_cast<LiveRef*>(data);
  ObjectRef<GstElement> sink(gst_pad_get_parent_element(pad));
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!sink || GST_STATE(sink.get()) < GST_STATE_PLAYING || !GST_BUFFER_PTS_IS_VALID(buffer)) return GST_PAD_PROBE_OK;
  ObjectRef<GstClock> clock(gst_element_get_clock(sink.get()));
  GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (!clock || !event) {
    if (event) gst_event_unref(event);
    return GST_PAD_PROBE_OK;
  }
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const GstClockTime running = gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  gst_event_unref(event);
  if (running == GST_CLOCK_TIME_NONE) return GST_PAD_PROBE_OK;
  const GstClockTime now = gst_clock_get_time(clock.get());
  std::lock_guard lock(live.mutex);
  if (!live.base) live.base = now + slack > running ? now + slack - running : 0;
  gst_element_set_base_time(sink.get(), *live.base);
  return GST_PAD_PROBE_REMOVE;
}

/** Whichever thread adds it; also what bins make for themselves. */
void on_element(GstBin* pipeline, GstBin* bin, GstElement* element, gpointer data) {
  const LiveRef& live = *static_cast<LiveRef*>(data);
  const CharPtr name(gst_element_get_name(element));
  const auto given = [&](const std::set<std::string>& names) { return bin == pipeline && names.contains(name.get()); };
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (GST_IS_BASE_SINK(element) && !given(live->choice->async)) {
    gst_base_sink_set_async_enabled(GST_BASE_SINK(element), FALSE);
    if (!shows_media(element)) return;
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_first_buffer, new LiveRef(live),
                      [](gpointer each) { delete static_cast<LiveRef*>(each); });
  } else if (factory && std::string_view(GST_OBJECT_NAME(factory)) == "queue" && !given(live->choice->limits)) {
    g_signal_connect(element, "overrun", G_CALLBACK(on_overrun), nullptr);
    g_signal_connect(element, "underrun", G_CALLBACK(on_underrun), nullptr);
  }
}

}  // namespace

void make_live(GstElement* pipeline, std::shared_ptr<LiveChoice> choice) {
  auto live = std::make_shared<Live>();
  live->choice = std::move(choice);
  const GClosureNotify release = [](gpointer data, GClosure*) { delete static_cast<LiveRef*>(data); };
  g_signal_connect_data(pipeline, "deep-element-added", G_CALLBACK(on_element), new LiveRef(std::move(live)), release,
                        static_cast<GConnectFlags>(0));
}

}  // namespace rxgst
