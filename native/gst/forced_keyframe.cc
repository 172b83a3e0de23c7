#include "gst/forced_keyframe.h"

#include <gst/video/video.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "gst/caps.h"
#include "gst/probe.h"

namespace rxgst {
namespace {

constexpr const char* greatest_distance = "keyframe-max-dist";

void send_event(GstElement* encoder, GstClockTime from = GST_CLOCK_TIME_NONE) {
  ObjectRef<GstPad> src(gst_element_get_static_pad(encoder, "src"));
  if (src) gst_pad_send_event(src.get(), gst_video_event_new_upstream_force_key_unit(from, TRUE, 0));
}

/** The requests to one av1enc. Requests that come together are one. All but `wanted` is the streaming thread's, which
 * encodes between two calls. */
class Requests {
 public:
  std::atomic<bool> wanted{false};

  void on_packet(GstBuffer* packet) { key_ |= !GST_BUFFER_FLAG_IS_SET(packet, GST_BUFFER_FLAG_DELTA_UNIT); }

  /** Before each picture. */
  void on_picture(GstElement* encoder) {
    if (step_ == Step::asked && !key_) {
      // What is wanted by now comes with this picture.
      wanted = false;
      g_object_get(encoder, greatest_distance, &distance_, nullptr);
      g_object_set(encoder, greatest_distance, 0, nullptr);
      step_ = Step::set;
      return;
    }
    if (step_ == Step::set) g_object_set(encoder, greatest_distance, distance_, nullptr);
    step_ = Step::none;
    if (!wanted.exchange(false)) return;
    send_event(encoder);
    key_ = false;
    step_ = Step::asked;
  }

 private:
  enum class Step { none, asked, set };
  Step step_ = Step::none;
  bool key_ = false;
  gint distance_ = 0;
};

using RequestsRef = std::shared_ptr<Requests>;

RequestsRef new_requests(GstElement* encoder) {
  auto requests = std::make_shared<Requests>();
  ObjectRef<GstPad> src(gst_element_get_static_pad(encoder, "src"));
  ObjectRef<GstPad> sink(gst_element_get_static_pad(encoder, "sink"));
  add_probe(src.get(), each_buffer, [requests](GstPad*, GstPadProbeInfo* info) {
    for_each_buffer(info, [&](GstBuffer* packet) { requests->on_packet(packet); });
    return GST_PAD_PROBE_OK;
  });
  // Pads that are called have their element.
  add_probe(sink.get(), each_buffer, [requests, encoder](GstPad*, GstPadProbeInfo*) {
    requests->on_picture(encoder);
    return GST_PAD_PROBE_OK;
  });
  return requests;
}

RequestsRef requests_of(GstElement* encoder) {
  static std::mutex mutex;
  static const GQuark quark = g_quark_from_static_string("rxgst-forced-keyframe");
  std::lock_guard lock(mutex);
  if (auto* found = static_cast<RequestsRef*>(g_object_get_qdata(G_OBJECT(encoder), quark))) return *found;
  auto* made = new RequestsRef(new_requests(encoder));
  g_object_set_qdata_full(G_OBJECT(encoder), quark, made,
                          [](gpointer data) { delete static_cast<RequestsRef*>(data); });
  return *made;
}

}  // namespace

void force_keyframe(GstElement* encoder, GstClockTime from) {
  if (factory_name(encoder) == "av1enc")
    requests_of(encoder)->wanted = true;
  else
    send_event(encoder, from);
}

}  // namespace rxgst
