#include "pad_counter.h"

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
  }
  counts.last_arrival.store(now_us(), std::memory_order_relaxed);
}

GstPadProbeReturn on_data(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& counts = **static_cast<std::shared_ptr<PadCounts>*>(data);
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) counts.ended = true;
  } else if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
    for (guint i = 0; i < gst_buffer_list_length(list); ++i) count(counts, gst_buffer_list_get(list, i));
  } else {
    count(counts, GST_PAD_PROBE_INFO_BUFFER(info));
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

Napi::Function PadCounter::define(Napi::Env env) {
  return DefineClass(env, "PadCounter",
                     {InstanceMethod("read", &PadCounter::read), InstanceMethod("buffers", &PadCounter::buffers),
                      InstanceMethod("ended", &PadCounter::ended), InstanceMethod("close", &PadCounter::close)});
}

/** new PadCounter(element, padName) */
PadCounter::PadCounter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PadCounter>(info) {
  auto* element = pointer_argument<GstElement>(info[0]);
  const std::string name = info[1].As<Napi::String>();
  pad_.reset(gst_element_get_static_pad(element, name.c_str()));
  if (!pad_) {
    throw_error(info.Env(), "no such pad");
    return;
  }
  const gulong id = gst_pad_add_probe(
      pad_.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
                                   GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      on_data,
      new std::shared_ptr<PadCounts>(counts_),
      [](gpointer data) { delete static_cast<std::shared_ptr<PadCounts>*>(data); });
  probe_ = PadProbe(ref_object(pad_.get()), id);
}

/** read(): { buffers, bytes, keyframes, lastTimestamp (µs or null), lastArrival (µs, monotonic, or null), caps } */
Napi::Value PadCounter::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto optional = [&](int64_t value, double unit) -> Napi::Value {
    return value < 0 ? env.Null() : Napi::Value(Napi::Number::New(env, static_cast<double>(value) / unit));
  };
  auto result = Napi::Object::New(env);
  result["buffers"] = static_cast<double>(counts_->buffers.load());
  result["bytes"] = static_cast<double>(counts_->bytes.load());
  result["keyframes"] = static_cast<double>(counts_->keyframes.load());
  result["lastTimestamp"] = optional(counts_->last_timestamp.load(), 1000);
  result["lastArrival"] = optional(counts_->last_arrival.load(), 1);
  Napi::Value caps_text = env.Null();
  if (pad_) {
    CapsRef caps(gst_pad_get_current_caps(pad_.get()));
    if (caps) caps_text = Napi::String::New(env, CharPtr(gst_caps_to_string(caps.get())).get());
  }
  result["caps"] = caps_text;
  return result;
}

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
