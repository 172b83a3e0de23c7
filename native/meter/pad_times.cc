#include "meter/pad_times.h"

#include <algorithm>
#include <optional>
#include <string>

#include "gst/element.h"
#include "gst/running_time.h"
#include "js/js.h"
#include "js/names.h"

namespace rxgst {
namespace {

enum class Kind : uint32_t { time, tags, bytes, after, accepted };
constexpr Names<Kind, 5> kinds("time", "tags", "bytes", "after", "accepted");

struct Place {
  std::shared_ptr<PadTimesState> state;
  double number;
  Kind kind;
  GstPadChainFunction chain = nullptr;  // the pad's own, of 'after'
};

double in_us(int64_t ns) { return static_cast<double>(ns) / 1000; }

/** Streaming thread: a buffer passes. */
void see(const Place& place, GstPad* pad, GstBuffer* buffer) {
  const int64_t now = now_us();
  auto& state = *place.state;
  if (place.kind == Kind::bytes) {
    state.note(place.number, -1, now);
  } else if (place.kind == Kind::tags) {
    if (GST_BUFFER_OFFSET_END_IS_VALID(buffer)) {
      state.note(place.number, in_us(static_cast<int64_t>(GST_BUFFER_OFFSET_END(buffer))), now);
    }
  } else if (const auto time = running_time(pad, GST_BUFFER_PTS(buffer))) {
    if (place.kind == Kind::time) {
      state.note(place.number, in_us(*time), now);
      return;
    }
    std::shared_ptr<AcceptedTimes> accepted;
    {
      std::lock_guard lock(state.mutex);
      accepted = state.accepted;
    }
    const auto at = accepted ? accepted->times.of(*time) : std::nullopt;
    if (at) state.note(place.number, in_us(*time), *at);
  }
}

GQuark place_of_pad() { return g_quark_from_static_string("rxgst-pad-times"); }

/** No probe tells when a sink is through with a buffer, so its chain function is called from here. */
GstFlowReturn chain_then_note(GstPad* pad, GstObject* parent, GstBuffer* buffer) {
  const auto& place = *static_cast<Place*>(g_object_get_qdata(G_OBJECT(pad), place_of_pad()));
  const auto time = running_time(pad, GST_BUFFER_PTS(buffer));
  const GstFlowReturn result = place.chain(pad, parent, buffer);
  if (time) place.state->note(place.number, in_us(*time), now_us());
  return result;
}

}  // namespace

void PadTimesState::note(double place, double key, int64_t at) {
  std::lock_guard lock(mutex);
  if (closed) return;
  if (notes.size() >= most) {
    ++lost;
    return;
  }
  notes.insert(notes.end(), {place, key, static_cast<double>(at)});
}

Napi::Function PadTimes::define(Napi::Env env) {
  return DefineClass(env, "PadTimes",
                     {InstanceMethod("watch", &PadTimes::watch), InstanceMethod("watchPacer", &PadTimes::watch_pacer),
                      InstanceMethod("take", &PadTimes::take), InstanceMethod("lost", &PadTimes::lost),
                      InstanceMethod("close", &PadTimes::close)});
}

PadTimes::PadTimes(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PadTimes>(info) {}

PadTimes::~PadTimes() { close_now(); }

void PadTimes::close_now() {
  probes_.clear();
  std::lock_guard lock(state_->mutex);
  if (state_->accepted) --state_->accepted->users;
  state_->accepted.reset();
  state_->closed = true;
  state_->notes = {};
}

/** watch(number, element, pad, kind): false where there is no such pad. Before data flows. */
Napi::Value PadTimes::watch(const Napi::CallbackInfo& info) {
  const std::string name = info[2].As<Napi::String>();
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[1]).get(), name.c_str()));
  if (!pad) return Napi::Boolean::New(info.Env(), false);
  const auto kind = kinds.of(info[3]);
  // Once: the second would take the first for the element's own.
  if (kind == Kind::after && g_object_get_qdata(G_OBJECT(pad.get()), place_of_pad()))
    return Napi::Boolean::New(info.Env(), false);
  Place place{state_, info[0].ToNumber().DoubleValue(), kind};
  if (kind == Kind::after) {
    // The pad keeps it to its own end: its thread may be in there at any time.
    place.chain = GST_PAD_CHAINFUNC(pad.get());
    g_object_set_qdata_full(G_OBJECT(pad.get()), place_of_pad(), new Place(std::move(place)), delete_as<Place>);
    GST_PAD_CHAINFUNC(pad.get()) = chain_then_note;
  } else {
    probes_.emplace_back(std::move(pad), each_buffer, [place = std::move(place)](GstPad* at, GstPadProbeInfo* buffers) {
      for_each_buffer(buffers, [&](GstBuffer* buffer) { see(place, at, buffer); });
      return GST_PAD_PROBE_OK;
    });
  }
  return Napi::Boolean::New(info.Env(), true);
}

/** watchPacer(program): whose accepted writes are noted; one at a time. */
Napi::Value PadTimes::watch_pacer(const Napi::CallbackInfo& info) {
  const auto accepted = Pacer::Unwrap(info[0].As<Napi::Object>())->accepted();
  std::lock_guard lock(state_->mutex);
  if (!accepted || state_->closed) return info.Env().Undefined();
  if (state_->accepted) --state_->accepted->users;
  ++accepted->users;
  state_->accepted = accepted;
  return info.Env().Undefined();
}

/** take(): what was noted since the last call: place, key (µs), µs of CLOCK_MONOTONIC, and again. */
Napi::Value PadTimes::take(const Napi::CallbackInfo& info) {
  std::vector<double> notes;
  {
    std::lock_guard lock(state_->mutex);
    notes.swap(state_->notes);
  }
  auto result = Napi::Float64Array::New(info.Env(), notes.size());
  std::copy(notes.begin(), notes.end(), result.Data());
  return result;
}

/** lost(): notes that nobody took in time. */
Napi::Value PadTimes::lost(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  return Napi::Number::New(info.Env(), static_cast<double>(state_->lost));
}

Napi::Value PadTimes::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
