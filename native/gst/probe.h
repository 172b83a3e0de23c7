// Pad probes with an owner. A probe's state lives as long as a streaming thread may be inside of the probe.
#pragma once
#include <gst/gst.h>

#include <utility>

#include "gst/refs.h"

namespace rxgst {

/**
 * Calls `callback(pad, info)` in the pad's streaming thread, until the probe is removed or the pad ends. The callback
 * owns its captures, which are destroyed after the last call: GStreamer holds a reference on a probe during each call,
 * so a call in flight still finds them. The thread that removes the probe does not wait for such a call.
 */
template <class Callback>
gulong add_probe(GstPad* pad, int types, Callback callback) {
  const GstPadProbeCallback call = [](GstPad* at, GstPadProbeInfo* info, gpointer data) -> GstPadProbeReturn {
    return (*static_cast<Callback*>(data))(at, info);
  };
  return gst_pad_add_probe(pad, static_cast<GstPadProbeType>(types), call, new Callback(std::move(callback)),
                           delete_as<Callback>);
}

/** A pad probe that ends with its owner. */
class PadProbe {
 public:
  PadProbe() = default;
  template <class Callback>
  PadProbe(ObjectRef<GstPad> pad, int types, Callback callback)
      : pad_(std::move(pad)), id_(add_probe(pad_.get(), types, std::move(callback))) {}
  /** Takes over a probe that add_probe() has made. */
  PadProbe(ObjectRef<GstPad> pad, gulong id) : pad_(std::move(pad)), id_(id) {}
  PadProbe(PadProbe&& other) noexcept : pad_(std::move(other.pad_)), id_(std::exchange(other.id_, 0)) {}
  PadProbe& operator=(PadProbe&& other) noexcept {
    std::swap(pad_, other.pad_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~PadProbe() {
    if (pad_ && id_) gst_pad_remove_probe(pad_.get(), id_);
  }

 private:
  ObjectRef<GstPad> pad_;
  gulong id_ = 0;
};

constexpr int each_buffer = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST;

/** Calls `see(buffer)` for the probe's buffer, or for each buffer of its list. */
template <class See>
void for_each_buffer(GstPadProbeInfo* info, See&& see) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
    for (guint i = 0; i < gst_buffer_list_length(list); ++i) see(gst_buffer_list_get(list, i));
  } else {
    see(GST_PAD_PROBE_INFO_BUFFER(info));
  }
}

/** The caps in the probe's event; null if it is another event. */
inline GstCaps* caps_of_event(GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return nullptr;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  return caps;
}

}  // namespace rxgst
