#include "pipeline/live_graph.h"

#include <gst/base/gstbasesink.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "gst/caps.h"
#include "gst/pads.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

// The most that a queue holds while the element behind it waits for another pad: a minute of video at 4 Mbit/s.
constexpr guint most_waiting_bytes = 32 << 20;
// The default limits of GstQueue; with other limits, the program has set them.
constexpr guint default_buffers = 200;
constexpr guint usual_bytes = 10 << 20;
constexpr guint64 default_time_ns = GST_SECOND;
// A live graph shows its first buffer this long after it came: the variation of decoders and networks.
constexpr GstClockTime slack_ns = 300 * GST_MSECOND;

struct Live {
  std::shared_ptr<LiveChoice> choice;
  std::mutex mutex;
  /** Shared by all sinks that show, so that they agree. Guarded by mutex. */
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

constexpr Limits usual{default_buffers, usual_bytes, default_time_ns};
constexpr Limits grown{0, most_waiting_bytes, 0};

/** Whether a sink anywhere waits for its first buffer, because the program asked for it. */
bool is_prerolling(GstElement* element) {
  ObjectRef<GstObject> at(GST_OBJECT_CAST(gst_object_ref(element)));
  while (GstObject* parent = gst_object_get_parent(at.get())) at.reset(parent);
  return GST_IS_ELEMENT(at.get()) && GST_STATE(GST_ELEMENT_CAST(at.get())) < GST_STATE_PLAYING;
}

/** Whether an element behind this pad has another pad without data at the moment. */
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

/** In the streaming thread that found the queue full; it looks again when this returns. */
void on_overrun(GstElement* queue, gpointer) {
  if (!(limits_of(queue) == usual)) return;
  ObjectRef<GstPad> source(gst_element_get_static_pad(queue, "src"));
  if (!source || !(is_prerolling(queue) || waits_for_another(source.get()))) return;
  set_limits(queue, grown);
}

/** The queue is empty: the backlog has gone, and a slow sink blocks as early as before. */
void on_underrun(GstElement* queue, gpointer) {
  if (limits_of(queue) == grown) set_limits(queue, usual);
}

bool shows_media(GstElement* element) {
  ObjectRef<GstObject> at(GST_OBJECT_CAST(gst_object_ref(element)));
  while (at && GST_IS_ELEMENT(at.get())) {
    const std::string_view klass = klass_of(GST_ELEMENT_CAST(at.get()));
    const auto has = [&](std::string_view word) { return klass.find(word) != std::string_view::npos; };
    if (has("Sink") && (has("Video") || has("Audio"))) return true;
    at.reset(gst_object_get_parent(at.get()));
  }
  return false;
}

/**
 * Streaming thread. A pipeline that does not wait for media plays before the server has answered: by its clock all
 * media would be late, and a screen drops late pictures.
 */
GstPadProbeReturn on_first_buffer(Live& live, GstPad* pad, GstPadProbeInfo* info) {
  ObjectRef<GstElement> sink(gst_pad_get_parent_element(pad));
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!sink || GST_STATE(sink.get()) < GST_STATE_PLAYING || !GST_BUFFER_PTS_IS_VALID(buffer)) return GST_PAD_PROBE_OK;
  ObjectRef<GstClock> clock(gst_element_get_clock(sink.get()));
  const GstSegment segment = segment_of(pad);
  const auto time = running_time(segment, GST_BUFFER_PTS(buffer));
  if (!clock || !time || *time < 0 || !is_within(segment, GST_BUFFER_PTS(buffer))) return GST_PAD_PROBE_OK;
  const auto running = static_cast<GstClockTime>(*time);
  const GstClockTime now = gst_clock_get_time(clock.get());
  std::lock_guard lock(live.mutex);
  if (!live.base) live.base = now + slack_ns > running ? now + slack_ns - running : 0;
  gst_element_set_base_time(sink.get(), *live.base);
  return GST_PAD_PROBE_REMOVE;
}

/** In the thread that adds the element; also for elements that bins add for themselves. */
void on_element(GstBin* pipeline, GstBin* bin, GstElement* element, gpointer data) {
  const LiveRef& live = *static_cast<LiveRef*>(data);
  const CharPtr name(gst_element_get_name(element));
  const auto given = [&](const std::set<std::string>& names) { return bin == pipeline && names.contains(name.get()); };
  if (GST_IS_BASE_SINK(element) && !given(live->choice->async)) {
    gst_base_sink_set_async_enabled(GST_BASE_SINK(element), FALSE);
    if (!shows_media(element)) return;
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
              [live](GstPad* at, GstPadProbeInfo* info) { return on_first_buffer(*live, at, info); });
  } else if (factory_name(element) == "queue" && !given(live->choice->limits)) {
    g_signal_connect(element, "overrun", G_CALLBACK(on_overrun), nullptr);
    g_signal_connect(element, "underrun", G_CALLBACK(on_underrun), nullptr);
  }
}

}  // namespace

void make_live(GstElement* pipeline, std::shared_ptr<LiveChoice> choice) {
  auto live = std::make_shared<Live>();
  live->choice = std::move(choice);
  g_signal_connect_data(pipeline, "deep-element-added", G_CALLBACK(on_element), new LiveRef(std::move(live)),
                        delete_closure_data<LiveRef>, static_cast<GConnectFlags>(0));
}

}  // namespace rxgst
