#include "capture/video_facts.h"

#include <algorithm>
#include <utility>

#include "gst/element.h"
#include "js/js.h"

namespace rxgst {
namespace {

/** In front of the parser: removes the container's claims from caps. */
GstPadProbeReturn strip(GstPad*, GstPadProbeInfo* info) {
  GstCaps* caps = caps_of_event(info);
  if (!caps) return GST_PAD_PROBE_OK;
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  const CapsRef unclaimed = without_claims(caps);
  if (gst_caps_is_equal(caps, unclaimed.get())) return GST_PAD_PROBE_OK;
  GstEvent* stripped = gst_event_new_caps(unclaimed.get());
  gst_event_set_seqnum(stripped, gst_event_get_seqnum(event));
  gst_event_unref(event);
  GST_PAD_PROBE_INFO_DATA(info) = stripped;
  return GST_PAD_PROBE_OK;
}

/** Behind the parser: notes caps, and sets durations. */
GstPadProbeReturn note(VideoFactsState& state, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    GST_PAD_PROBE_INFO_DATA(info) = state.on_picture(GST_PAD_PROBE_INFO_BUFFER(info));
  } else if (GstCaps* caps = caps_of_event(info)) {
    state.on_caps(caps);
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

CapsRef without_claims(GstCaps* caps) {
  CapsRef unclaimed(gst_caps_copy(caps));
  for (guint i = 0; i < gst_caps_get_size(unclaimed.get()); ++i) {
    gst_structure_remove_fields(gst_caps_get_structure(unclaimed.get(), i), "width", "height", "framerate",
                                "pixel-aspect-ratio", nullptr);
  }
  return unclaimed;
}

void VideoFactsState::on_caps(GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  int n = 0, d = 1, pixel_n = 1, pixel_d = 1, w = 0, h = 0;
  gst_structure_get_fraction(structure, "framerate", &n, &d);
  gst_structure_get_fraction(structure, "pixel-aspect-ratio", &pixel_n, &pixel_d);
  gst_structure_get_int(structure, "width", &w);
  gst_structure_get_int(structure, "height", &h);
  measured_.claim({n, d});
  std::lock_guard lock(mutex);
  width = w;
  height = h;
  pixel = plausible(pixel_n, pixel_d);
  rate = measured_.rate();
}

/** Takes the buffer and returns one. */
GstBuffer* VideoFactsState::on_picture(GstBuffer* buffer) {
  const GstClockTime time = GST_BUFFER_DTS_OR_PTS(buffer);
  if (GST_CLOCK_TIME_IS_VALID(time)) measured_.add(static_cast<int64_t>(std::min<GstClockTime>(time, G_MAXINT64)));
  {
    std::lock_guard lock(mutex);
    rate = measured_.rate();
  }
  const int64_t duration = measured_.duration_ns();
  const GstClockTime lasts = duration > 0 ? static_cast<GstClockTime>(duration) : GST_CLOCK_TIME_NONE;
  if (GST_BUFFER_DURATION(buffer) == lasts) return buffer;
  buffer = gst_buffer_make_writable(buffer);
  GST_BUFFER_DURATION(buffer) = lasts;
  return buffer;
}

Napi::Function VideoFacts::define(Napi::Env env) {
  return DefineClass(env, "VideoFacts",
                     {InstanceMethod("read", &VideoFacts::read), InstanceMethod("close", &VideoFacts::close)});
}

/** new VideoFacts(entry, behind), with the parser between them: before data flows, and before probes that use
 * durations. */
VideoFacts::VideoFacts(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VideoFacts>(info) {
  const auto sink_of = [&](size_t argument) {
    return ObjectRef<GstPad>(gst_element_get_static_pad(element_argument(info[argument]).get(), "sink"));
  };
  probes_[0] = PadProbe(sink_of(0), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, strip);
  probes_[1] = PadProbe(sink_of(1), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                        [state = state_](GstPad*, GstPadProbeInfo* data) { return note(*state, data); });
}

/**
 * read(): { width, height, pixelN, pixelD, fpsN, fpsD }; width 0: nothing is known yet; fpsN 0: the rate is unknown.
 */
Napi::Value VideoFacts::read(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  std::lock_guard lock(state_->mutex);
  result["width"] = state_->width;
  result["height"] = state_->height;
  result["pixelN"] = static_cast<double>(state_->pixel.n);
  result["pixelD"] = static_cast<double>(state_->pixel.d);
  result["fpsN"] = static_cast<double>(state_->rate.n);
  result["fpsD"] = static_cast<double>(state_->rate.d);
  return result;
}

Napi::Value VideoFacts::close(const Napi::CallbackInfo& info) {
  for (PadProbe& probe : probes_) probe = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
