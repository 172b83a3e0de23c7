#include "pipeline/pad_counters.h"

#include "gst/caps.h"
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
  if (GST_BUFFER_PTS_IS_VALID(buffer))
    counts.last_timestamp.store(static_cast<int64_t>(GST_BUFFER_PTS(buffer)), std::memory_order_relaxed);
  if (const auto time = running_time(counts.segment, GST_BUFFER_PTS(buffer)))
    counts.last_running.store(*time, std::memory_order_relaxed);
  counts.last_arrival.store(now_us(), std::memory_order_relaxed);
}

GstPadProbeReturn on_data(PadCounts& counts, GstPadProbeInfo* info) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & each_buffer) {
    for_each_buffer(info, [&](GstBuffer* buffer) { count(counts, buffer); });
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment(GST_PAD_PROBE_INFO_EVENT(info), &counts.segment);
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) {
    counts.ended = true;
  }
  return GST_PAD_PROBE_OK;
}

struct Watched {
  std::weak_ptr<PadCounters> book;
  std::string name;
};

}  // namespace

gulong count_on(GstPad* pad, std::shared_ptr<PadCounts> counts) {
  // A pad that is counted from the middle of its stream on has had its segment.
  counts->segment = segment_of(pad);
  return add_probe(pad, each_buffer | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                   [counts](GstPad*, GstPadProbeInfo* info) { return on_data(*counts, info); });
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
  result["caps"] = caps ? Napi::Value(Napi::String::New(env, caps_text(caps.get()))) : env.Null();
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
  probe_ = PadProbe(ref_object(pad_.get()), count_on(pad_.get(), counts_));
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

void PadCounters::watch(GstElement* element, const std::string& name) {
  std::vector<ObjectRef<GstPad>> pads;
  GST_OBJECT_LOCK(element);
  for (GList* at = GST_ELEMENT_PADS(element); at; at = at->next) pads.push_back(ref_object(GST_PAD_CAST(at->data)));
  GST_OBJECT_UNLOCK(element);
  for (const auto& pad : pads) add(name, pad.get());
  g_signal_connect_data(element, "pad-added", G_CALLBACK(+[](GstElement*, GstPad* pad, gpointer data) {
                          auto& watched = *static_cast<Watched*>(data);
                          if (auto book = watched.book.lock()) book->add(watched.name, pad);
                        }),
                        new Watched{weak_from_this(), name}, delete_closure_data<Watched>,
                        static_cast<GConnectFlags>(0));
}

void PadCounters::add(const std::string& element, GstPad* pad) {
  CharPtr name(gst_pad_get_name(pad));
  std::shared_ptr<PadCounts> counts;
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[element + "." + name.get()];
    // A pad that went and came again goes on counting.
    if (!entry.counts) entry.counts = std::make_shared<PadCounts>();
    entry.pad = ref_object(pad);
    counts = entry.counts;
  }
  count_on(pad, counts);
}

Napi::Value PadCounters::read(Napi::Env env, const std::string& name) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) return env.Null();
  return counts_to_js(env, *found->second.counts, found->second.pad.get());
}

uint64_t PadCounters::total() {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& [name, entry] : entries_) sum += entry.counts->buffers.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace rxgst
