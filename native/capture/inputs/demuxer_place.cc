#include "capture/inputs/demuxer_place.h"

#include <string_view>
#include <utility>

#include "gst/bin.h"
#include "gst/pads.h"
#include "gst/probe.h"

namespace rxgst {
namespace {

/** The branches of a demuxer's tracks, for its signal. */
struct Entries {
  ObjectRef<GstPad> video, audio;
};

/** Streaming thread. A second track of a kind finds its branch taken. */
void link_track(GstElement*, GstPad* pad, gpointer data) {
  const auto& entries = *static_cast<Entries*>(data);
  const std::string_view name(GST_PAD_NAME(pad));
  GstPad* entry = name.starts_with("video")   ? entries.video.get()
                  : name.starts_with("audio") ? entries.audio.get()
                                              : nullptr;
  if (entry && !gst_pad_is_linked(entry)) gst_pad_link(pad, entry);
}

/**
 * A parser of a stream without packets keeps the last one until the next begins, which would get its time. So it leaves
 * the parser now, and the parser is as new. Neither the end nor the flush goes further.
 */
void drain_parser(GstPad* entry) {
  if (!entry) return;
  ObjectRef<GstElement> first(gst_pad_get_parent_element(entry));
  ObjectRef<GstPad> before(first ? gst_element_get_static_pad(first.get(), "src") : nullptr);
  ObjectRef<GstPad> in(before ? gst_pad_get_peer(before.get()) : nullptr);
  ObjectRef<GstElement> parser(in ? gst_pad_get_parent_element(in.get()) : nullptr);
  if (!parser) return;
  GstElementFactory* factory = gst_element_get_factory(parser.get());
  ObjectRef<GstPad> out(gst_element_get_static_pad(parser.get(), "src"));
  // One that has given nothing takes an end for an error.
  const bool fed = out && gst_pad_has_current_caps(out.get());
  if (!factory || !fed || !std::string_view(GST_OBJECT_NAME(factory)).ends_with("parse")) return;
  const gulong id = add_probe(out.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
                              [](GstPad*, GstPadProbeInfo* info) {
                                const GstEventType type = GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info));
                                const bool ends = type == GST_EVENT_EOS || type == GST_EVENT_FLUSH_START ||
                                                  type == GST_EVENT_FLUSH_STOP;
                                return ends ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
                              });
  gst_pad_send_event(in.get(), gst_event_new_eos());
  gst_pad_send_event(in.get(), gst_event_new_flush_start());
  gst_pad_send_event(in.get(), gst_event_new_flush_stop(FALSE));
  gst_pad_remove_probe(out.get(), id);
}

}  // namespace

/** What the demuxer still holds leaves it first; its end goes no further. */
void DemuxerPlace::remove(GstBin* bin, GstPad* out) {
  const auto pads = pads_of(demuxer.get(), GST_PAD_SRC);
  for (const auto& pad : pads) {
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, [](GstPad*, GstPadProbeInfo* info) {
      const bool end = GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS;
      return end ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
    });
  }
  if (ObjectRef<GstPad> in{gst_pad_get_peer(out)}) {
    // A demuxer that has found no track takes an end for an error.
    if (!pads.empty()) gst_pad_send_event(in.get(), gst_event_new_eos());
    gst_pad_unlink(out, in.get());
  }
  for (const auto& pad : pads) {
    if (ObjectRef<GstPad> peer{gst_pad_get_peer(pad.get())}) gst_pad_unlink(pad.get(), peer.get());
  }
  gst_element_set_state(demuxer.get(), GST_STATE_NULL);
  gst_bin_remove(bin, demuxer.get());
}

void DemuxerPlace::replace(GstPad* out, const std::string& factory) {
  ObjectRef<GstObject> parent(gst_object_get_parent(GST_OBJECT(demuxer.get())));
  if (!parent || !GST_IS_BIN(parent.get())) return;
  GstBin* bin = GST_BIN(parent.get());
  GstElement* made = gst_element_factory_make(factory.c_str(), nullptr);
  if (!made) {
    GST_ELEMENT_ERROR(demuxer.get(), CORE, MISSING_PLUGIN, ("There is no element %s", factory.c_str()), (nullptr));
    return;
  }
  remove(bin, out);
  drain_parser(video.get());
  drain_parser(audio.get());
  demuxer = ref_object(made);
  gst_bin_add(bin, made);
  gate->begin_anew(video != nullptr, audio != nullptr);
  const auto only = video && audio ? std::nullopt : std::optional(video ? Track::video : Track::audio);
  gate->watch(made, gate, only);
  const auto copy = [](const ObjectRef<GstPad>& pad) { return pad ? ref_object(pad.get()) : ObjectRef<GstPad>(); };
  g_signal_connect_data(made, "pad-added", G_CALLBACK(link_track), new Entries{copy(video), copy(audio)},
                        delete_closure_data<Entries>, static_cast<GConnectFlags>(0));
  ObjectRef<GstPad> in(gst_element_get_static_pad(made, "sink"));
  gst_pad_link(out, in.get());
  gst_element_sync_state_with_parent(made);
  if (is_stopping(bin)) gst_element_set_state(made, GST_STATE_NULL);
}

}  // namespace rxgst
