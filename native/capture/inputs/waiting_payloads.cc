#include "capture/inputs/waiting_payloads.h"

#include <utility>

#include "capture/inputs/waiting_track.h"
#include "gst/element.h"
#include "gst/probe.h"
#include "js/js.h"

namespace rxgst {
namespace {

using SharedPayloads = std::shared_ptr<WaitingPayloads::State>;

/** Sequence number of a packet of RTP (RFC 3550, 5.1). */
uint16_t number_of(GstBuffer* packet) {
  uint8_t bytes[4] = {};
  gst_buffer_extract(packet, 0, bytes, sizeof bytes);
  return static_cast<uint16_t>(bytes[2] << 8 | bytes[3]);
}

/** Network's thread. */
GstPadProbeReturn on_arrival(WaitingPayloads::State& state, WaitingTrack& track, GstPadProbeInfo* info) {
  bool all = true;
  for_each_buffer(info, [&](GstBuffer* packet) {
    const size_t size = gst_buffer_get_size(packet);
    if (track.enter(number_of(packet), size, state.most)) {
      state.waiting += static_cast<int64_t>(size);
      return;
    }
    all = false;
    ++state.dropped;
  });
  return all ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

void watch_buffer(GstElement*, GstElement* buffer, guint, guint, gpointer data) {
  const SharedPayloads& state = *static_cast<SharedPayloads*>(data);
  auto track = std::make_shared<WaitingTrack>();
  const ObjectRef<GstPad> entry(gst_element_get_static_pad(buffer, "sink"));
  const ObjectRef<GstPad> exit(gst_element_get_static_pad(buffer, "src"));
  if (!entry || !exit) return;
  add_probe(entry.get(), each_buffer,
            [state, track](GstPad*, GstPadProbeInfo* info) { return on_arrival(*state, *track, info); });
  add_probe(exit.get(), each_buffer, [state, track](GstPad*, GstPadProbeInfo* info) {
    for_each_buffer(
        info, [&](GstBuffer* packet) { state->waiting -= static_cast<int64_t>(track->leave(number_of(packet))); });
    return GST_PAD_PROBE_OK;
  });
}

void watch_manager(GstElement*, GstElement* manager, gpointer data) {
  if (!g_signal_lookup("new-jitterbuffer", G_OBJECT_TYPE(manager))) return;
  g_signal_connect_data(manager, "new-jitterbuffer", G_CALLBACK(watch_buffer),
                        new SharedPayloads(*static_cast<SharedPayloads*>(data)), delete_closure_data<SharedPayloads>,
                        static_cast<GConnectFlags>(0));
}

}  // namespace

Napi::Function WaitingPayloads::define(Napi::Env env) {
  return DefineClass(
      env, "WaitingPayloads",
      {InstanceMethod("dropped", &WaitingPayloads::dropped), InstanceMethod("waiting", &WaitingPayloads::waiting)});
}

/** new WaitingPayloads(rtspsrc, bytes): before it connects. */
WaitingPayloads::WaitingPayloads(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WaitingPayloads>(info) {
  const ObjectRef<GstElement> source = element_argument(info[0]);
  state_->most = static_cast<size_t>(info[1].ToNumber().DoubleValue());
  g_signal_connect_data(source.get(), "new-manager", G_CALLBACK(watch_manager), new SharedPayloads(state_),
                        delete_closure_data<SharedPayloads>, static_cast<GConnectFlags>(0));
}

/** dropped(): packets for which there was no room. */
Napi::Value WaitingPayloads::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped.load()));
}

/** waiting(): bytes that wait in the jitter buffers. */
Napi::Value WaitingPayloads::waiting(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->waiting.load()));
}

}  // namespace rxgst
