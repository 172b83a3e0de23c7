#include "pipeline/pad_counter.h"

#include "gst/element.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

/** Streaming thread: counts one buffer. */
void count(PadCounts& counts, GstBuffer* buffer) {
  counts.buffers.fetch_add(1, std::memory_order_relaxed);
  counts.bytes.fetch_add(gst_buffer_get_size(buffer), std::memory_order_relaxed);
  if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) {
    counts.keyframes.fetch_add(1, std::memory_order_relaxed);
  }
  if (GST_BUFFER_PTS_IS_VALID(buffer)) {
    counts.last_timestamp.store(static_cast<int64_t>(GST_BUFFER_PTS(buffer)), std::memory_order_relaxed);
    if (counts.segment.format == GST_FORMAT_TIME) {
      guint64 value = 0;
      const int sign =
          gst_segment_to_running_time_full(&counts.segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer), &value);
      if (sign != 0) counts.last_running.store(signed_time(sign, value), std::memory_order_relaxed);
    }
  }
  counts.last_arrival.store(now_us(), std::memory_order_relaxed);
}

GstPadProbeReturn on_data(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& counts = **static_cast<std::shared_ptr<PadCounts>*>(data);
  const GstPadProbeType type = GST_PAD_PROBE_INFO_TYPE(info);
  if (type & GST_PAD_PROBE_TYPE_BUFFER) {
    count(counts, GST_PAD_PROBE_INFO_BUFFER(info));
  } else if (type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
    for (guint i = 0; i < gst_buffer_list_length(list); ++i) count(counts, gst_buffer_list_get(list, i));
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment(GST_PAD_PROBE_INFO_EVENT(info), &counts.segment);
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) {
    counts.ended = true;
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

gulong count_on(GstPad* pad, std::shared_ptr<PadCounts> counts) {
  gst_segment_init(&counts->segment, GST_FORMAT_UNDEFINED);
  // A pad that is counted from the middle of its stream on has had its segment.
  if (GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0)) {
    gst_event_copy_segment(event, &counts->segment);
    gst_event_unref(event);
  }
  const auto type = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
                                                 GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
  return gst_pad_add_probe(pad, type, on_data, new std::shared_ptr<PadCounts>(std::move(counts)),
                           [](gpointer data) { delete static_cast<std::shared_ptr<PadCounts>*>(data); });
}

Napi::Object counts_to_js(Napi::Env env, const PadCounts& counts, GstPad* pad) {
  const auto optional = [&](int64_t value, int64_t none, double unit) -> Napi::Value {
    return value == none ? env.Null() : Napi::Value(Napi::Number::New(env, static_cast<double>(value) / unit));
  };
  auto result = Napi::Object::New(env);
  result["buffers"] = static_cast<double>(counts.buffers.load());
  result["bytes"] = static_cast<double>(counts.bytes.load());
  result["keyframes"] = static_cast<double>(counts.keyframes.load());
  result["lastTimestamp"] = optional(counts.last_timestamp.load(), -1, 1000);
  result["lastRunning"] = optional(counts.last_running.load(), INT64_MIN, 1000);
  result["lastArrival"] = optional(counts.last_arrival.load(), -1, 1);
  result["ended"] = Napi::Boolean::New(env, counts.ended.load());
  CapsRef caps(pad ? gst_pad_get_current_caps(pad) : nullptr);
  result["caps"] =
      caps ? Napi::Value(Napi::String::New(env, CharPtr(gst_caps_to_string(caps.get())).get())) : env.Null();
  return result;
}

Napi::Function PadCounter::define(Napi::Env env) {
  return DefineClass(env, "PadCounter",
                     {InstanceMethod("read", &PadCounter::read), InstanceMethod("buffers", &PadCounter::buffers),
                      InstanceMethod("ended", &PadCounter::ended), InstanceMethod("close", &PadCounter::close)});
}

/** new PadCounter(element, padName) */
PadCounter::PadCounter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PadCounter>(info) {
  const ObjectRef<GstElement> element = element_argument(info[0]);
  const std::string name = info[1].As<Napi::String>();
  pad_.reset(gst_element_get_static_pad(element.get(), name.c_str()));
  if (!pad_) {
    throw_error(info.Env(), "no such pad");
    return;
  }
  const gulong id = count_on(pad_.get(), counts_);
  probe_ = PadProbe(ref_object(pad_.get()), id);
}

Napi::Value PadCounter::read(const Napi::CallbackInfo& info) { return counts_to_js(info.Env(), *counts_, pad_.get()); }

/** buffers(): alone, for those who look ten times a second at hundreds of streams: caps are long. */
Napi::Value PadCounter::buffers(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(counts_->buffers.load()));
}

/** ended(): whether end-of-stream has passed. */
Napi::Value PadCounter::ended(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), counts_->ended.load());
}

Napi::Value PadCounter::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  pad_.reset();
  return info.Env().Undefined();
}

}  // namespace rxgst
