#include "rtmp/flv_guard.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "gst/caps.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "js/js.h"
#include "rtmp/flood_guard.h"
#include "rtmp/flood_rules.h"
#include "rtmp/flv_walk.h"
#include "rtmp/sockets.h"

namespace rxgst {
namespace {

/** The state for one flvdemux; its streaming thread only. */
struct Guard {
  FlvWalk pushed;
  /** For a demuxer that pulls: the offset of a script tag whose head it has read. */
  guint64 script_at = GST_BUFFER_OFFSET_NONE;
  guint64 spoilt = 0;
  int scripts = 0;
  uint64_t script_bytes = 0;
  ScriptRules rules;
  bool refused = false;
};

/**
 * The RTMP source that feeds this pad, directly or through queues. A file has no such source, and may be read at any
 * speed.
 */
ObjectRef<GstElement> live_source(GstPad* sink) {
  ObjectRef<GstPad> at(GST_PAD(gst_object_ref(sink)));
  for (int hops = 0; at && hops < 8; ++hops) {
    ObjectRef<GstPad> peer(gst_pad_get_peer(at.get()));
    ObjectRef<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
    if (!element) return nullptr;
    const std::string_view name = factory_name(element.get());
    if (name == "rtmp2src" || name == "rtmpsrc") return element;
    at.reset(gst_element_get_static_pad(element.get(), "sink"));
  }
  return nullptr;
}

/** Too much metadata ends the connection, as metadata that is too deep does. */
void check_flood(Guard& guard, GstPad* pad) {
  const auto why = guard.rules.look(std::exchange(guard.scripts, 0), std::exchange(guard.script_bytes, 0), now_us());
  if (!why) return;
  ObjectRef<GstElement> source = live_source(pad);
  if (!source) return;
  guard.refused = true;
  post_refused(source.get(), "ERR_BAD_STREAM", *why, true);
  cut_socket_of(source.get());
}

/** A media message has several pieces of memory; to map it as a whole would copy it. */
std::vector<FlvWalk::Range> walk(Guard& guard, FlvWalk& walk, GstBuffer* buffer) {
  std::vector<FlvWalk::Range> blank;
  size_t before = 0;
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) {
    GstMemory* memory = gst_buffer_peek_memory(buffer, i);
    GstMapInfo map;
    if (!gst_memory_map(memory, &map, GST_MAP_READ)) continue;
    const FlvWalk::Seen seen = walk.take(map.data, map.size);
    for (const auto& [from, to] : seen.blank) blank.push_back({before + from, before + to});
    before += map.size;
    guard.spoilt += static_cast<guint64>(seen.spoilt);
    guard.scripts += seen.scripts;
    guard.script_bytes += seen.script_bytes;
    gst_memory_unmap(memory, &map);
  }
  return blank;
}

void write_over(GstPadProbeInfo* info, const std::vector<FlvWalk::Range>& blank) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READWRITE)) {
    // All of it is dropped, then: flvdemux waits for the rest of a tag, or ends.
    gst_buffer_resize(buffer, 0, 0);
    return;
  }
  for (const auto& [from, to] : blank)
    std::memset(map.data + from, FlvWalk::blank, std::min<size_t>(to, map.size) - from);
  gst_buffer_unmap(buffer, &map);
}

/** Reports the first, the second, the fourth … time: often enough to be seen, and seldom enough to be read. */
void report(GstPad* pad, guint64 before, guint64 now) {
  if (std::bit_width(before) == std::bit_width(now)) return;
  ObjectRef<GstElement> demuxer(gst_pad_get_parent_element(pad));
  if (!demuxer) return;
  GST_ELEMENT_WARNING(demuxer.get(), STREAM, DEMUX,
                      ("metadata that is nested more than %d levels deep is left out (%" G_GUINT64_FORMAT " so far)",
                       static_cast<int>(AmfWalk::most_depth), now),
                      (nullptr));
}

void check(Guard& guard, FlvWalk& walker, GstPad* pad, GstPadProbeInfo* info) {
  const guint64 before = guard.spoilt;
  const auto blank = walk(guard, walker, GST_PAD_PROBE_INFO_BUFFER(info));
  if (!blank.empty()) write_over(info, blank);
  if (guard.spoilt != before) report(pad, before, guard.spoilt);
}

void on_push(Guard& guard, GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  // As flvdemux does: data at offset 0 is a new file, and after a discontinuity the tag is read anew.
  if (GST_BUFFER_OFFSET(buffer) == 0)
    guard.pushed.header();
  else if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT))
    guard.pushed.again();
  check(guard, guard.pushed, pad, info);
  if (guard.scripts > 0) check_flood(guard, pad);
}

/** flvdemux looks at 4 or 12 bytes, and then at the rest behind the first 4. */
void on_pull(Guard& guard, GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const guint64 offset = info->offset;
  if (guard.script_at != GST_BUFFER_OFFSET_NONE && offset == guard.script_at + 4) {
    FlvWalk walker;
    walker.script();
    check(guard, walker, pad, info);
    return;
  }
  guint8 type = 0;
  const gsize size = gst_buffer_get_size(buffer);
  if (size != 4 && size != 12) return;
  const bool script = gst_buffer_extract(buffer, 0, &type, 1) == 1 && type == 18;
  guard.script_at = script ? offset : GST_BUFFER_OFFSET_NONE;
}

GstPadProbeReturn probed(Guard& guard, GstPad* pad, GstPadProbeInfo* info) {
  const GstPadProbeType type = GST_PAD_PROBE_INFO_TYPE(info);
  if (type & GST_PAD_PROBE_TYPE_BUFFER) {
    // The probe is first called for a pull without a buffer.
    if (!GST_PAD_PROBE_INFO_DATA(info)) return GST_PAD_PROBE_OK;
    if (type & GST_PAD_PROBE_TYPE_PULL)
      on_pull(guard, pad, info);
    else
      on_push(guard, pad, info);
    return guard.refused ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  } else if (type & GST_PAD_PROBE_TYPE_EVENT_FLUSH) {
    if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_FLUSH_STOP) guard.pushed.tag();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

void guard_flvdemux(GstElement* demuxer) {
  static const GQuark guarded = g_quark_from_static_string("rxgst-flv-guard");
  ObjectRef<GstPad> pad(gst_element_get_static_pad(demuxer, "sink"));
  if (!pad || !g_object_replace_qdata(G_OBJECT(pad.get()), guarded, nullptr, GINT_TO_POINTER(1), nullptr, nullptr))
    return;
  constexpr int types =
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_PUSH | GST_PAD_PROBE_TYPE_PULL | GST_PAD_PROBE_TYPE_EVENT_FLUSH;
  add_probe(pad.get(), types,
            [guard = Guard()](GstPad* at, GstPadProbeInfo* info) mutable { return probed(guard, at, info); });
}

}  // namespace rxgst
