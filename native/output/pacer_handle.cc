#include "output/pacer_handle.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "gst/element.h"
#include "gst/running_time.h"
#include "output/stamp.h"
#include "pixels/pixel_formats.h"
#include "stills/overlay_picture.h"
#include "stills/still_desk.h"

namespace rxgst {

namespace {

/** What JavaScript counts exactly. */
constexpr double most_timestamp_us = 9'007'199'254'740'991;

/** Whole triples, as many as an output carries. */
captions::SharedCaptions captions_of(const Napi::Uint8Array& array) {
  const size_t triples = std::min(array.ByteLength() / captions::triple_bytes, captions::most_carried_triples);
  if (triples == 0) return nullptr;
  return std::make_shared<const captions::CcData>(array.Data(), array.Data() + triples * captions::triple_bytes);
}

}  // namespace

Napi::Function Pacer::define(Napi::Env env) {
  return DefineClass(
      env, "Pacer",
      {InstanceMethod("start", &Pacer::start), InstanceMethod("open", &Pacer::open),
       InstanceMethod("attach", &Pacer::attach), InstanceMethod("detach", &Pacer::detach),
       InstanceMethod("shut", &Pacer::shut), InstanceMethod("dropped", &Pacer::dropped),
       InstanceMethod("keyframeTime", &Pacer::keyframe_time), InstanceMethod("stamp", &Pacer::stamp),
       InstanceMethod("writeCaptions", &Pacer::write_captions_into), InstanceMethod("write", &Pacer::write),
       InstanceMethod("reject", &Pacer::reject), InstanceMethod("failure", &Pacer::failure),
       InstanceMethod("finish", &Pacer::finish), InstanceMethod("fillAfter", &Pacer::fill_after),
       InstanceMethod("stats", &Pacer::stats), InstanceMethod("setOverlays", &Pacer::set_overlays),
       InstanceMethod("setSlate", &Pacer::set_slate), InstanceMethod("snapshot", &Pacer::snapshot),
       InstanceMethod("close", &Pacer::close)});
}

/** new Pacer(options, onChange) */
Pacer::Pacer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pacer>(info) {
  auto given = info[0].As<Napi::Object>();
  const auto number = [&](const char* name) { return given.Get(name).ToNumber().DoubleValue(); };
  PacerOptions options;
  options.width = static_cast<int>(number("width"));
  options.height = static_cast<int>(number("height"));
  options.fps_n = static_cast<int>(number("fpsN"));
  options.fps_d = static_cast<int>(number("fpsD"));
  options.rate = static_cast<int>(number("rate"));
  options.channels = static_cast<int>(number("channels"));
  options.capacity = static_cast<size_t>(number("capacity"));
  options.fill = fills.of(given.Get("fill"));
  options.slate_after_us = static_cast<int64_t>(number("slateAfter") * 1000);
  options.matrix = given.Get("bt709").ToBoolean().Value() ? GST_VIDEO_COLOR_MATRIX_BT709 : GST_VIDEO_COLOR_MATRIX_BT601;
  state_ = std::make_shared<PacerState>(options);
  const Napi::Value slate = given.Get("slate");
  state_->set_slate(slate.IsTypedArray() ? slate.As<Napi::Uint8Array>().Data() : nullptr,
                    pixel_formats.of(given.Get("slateFormat")));
  state_->completions = std::make_shared<Completions<bool>>(
      [](Napi::Env env, const bool& taken) -> Napi::Value { return Napi::Boolean::New(env, taken); });
  state_->wakeup = Wakeup::create(info.Env(), info[1].As<Napi::Function>(), "rxgst pacer",
                                  [completions = state_->completions](Napi::Env env) { completions->settle(env); });
}

Pacer::~Pacer() { close_now(); }

/** start(): the clock runs from now on. */
Napi::Value Pacer::start(const Napi::CallbackInfo& info) {
  if (!thread_.joinable()) thread_ = std::thread([state = state_] { state->run(); });
  return info.Env().Undefined();
}

namespace {

/** Encoder's thread: writes the access unit's wall clock before its first slice. */
GstPadProbeReturn stamp_packet(const AcceptedTimes& accepted, GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const std::optional<int64_t> time = running_time(pad, GST_BUFFER_PTS(packet));
  const std::optional<int64_t> at = time ? accepted.times.of(*time) : std::nullopt;
  if (!at) return GST_PAD_PROBE_OK;
  if (BufferRef marked = stamped(packet, g_get_real_time() - (now_us() - *at), syntax_of(pad))) {
    gst_buffer_unref(packet);
    GST_PAD_PROBE_INFO_DATA(info) = marked.release();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

/** stamp(outlet, element): from now on the packets that enter its sink pad get the wall clock of their pictures. */
Napi::Value Pacer::stamp(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[1]).get(), "sink"));
  if (!state_ || !pad) return info.Env().Undefined();
  if (!stamps_) ++state_->accepted->users;
  stamps_ = true;
  stamp_probes_[info[0].ToNumber().Uint32Value()] = PadProbe(
      std::move(pad), GST_PAD_PROBE_TYPE_BUFFER, [accepted = state_->accepted](GstPad* at, GstPadProbeInfo* packet) {
        return stamp_packet(*accepted, at, packet);
      });
  return info.Env().Undefined();
}

/** writeCaptions(outlet, element): from now on the packets that enter its sink pad get the captions of their pictures.
 */
Napi::Value Pacer::write_captions_into(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[1]).get(), "sink"));
  if (!state_ || !pad) return info.Env().Undefined();
  const uint32_t id = info[0].ToNumber().Uint32Value();
  int64_t every = 1;
  {
    std::lock_guard lock(state_->mutex);
    if (const Outlet* outlet = state_->outlets.find(id)) every = outlet->every;
  }
  const SlotRate rate{state_->options.fps_n, state_->options.fps_d, every};
  caption_probes_[id] = write_captions(std::move(pad), state_->noted, rate);
  return info.Env().Undefined();
}

/** open(kind, every): an outlet, whose encoder is yet to come; returns its number. It is given each slot of `every`. */
Napi::Value Pacer::open(const Napi::CallbackInfo& info) {
  if (!state_) return Napi::Number::New(info.Env(), 0);
  std::lock_guard lock(state_->mutex);
  const uint32_t id = state_->outlets.open(outlet_kinds.of(info[0]), info[1].ToNumber().Int64Value());
  return Napi::Number::New(info.Env(), id);
}

/** attach(outlet, appsrc): this encoder begins, or continues where the last one stopped. */
Napi::Value Pacer::attach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  {
    auto source = element_argument<GstAppSrc>(info[1]);
    std::lock_guard lock(state_->mutex);
    state_->outlets.attach(info[0].ToNumber().Uint32Value(), std::move(source));
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

/** detach(outlet): its encoder gets nothing more, until another one is attached. */
Napi::Value Pacer::detach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  std::lock_guard lock(state_->mutex);
  state_->outlets.detach(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

/** shut(outlet): the end of an outlet. */
Napi::Value Pacer::shut(const Napi::CallbackInfo& info) {
  const uint32_t id = info[0].ToNumber().Uint32Value();
  stamp_probes_.erase(id);
  caption_probes_.erase(id);
  if (!state_) return info.Env().Undefined();
  {
    std::lock_guard lock(state_->mutex);
    state_->outlets.close(id);
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

/** dropped(outlet): pictures that its encoder had no room for. */
Napi::Value Pacer::dropped(const Napi::CallbackInfo& info) {
  if (!state_) return Napi::Number::New(info.Env(), 0);
  std::lock_guard lock(state_->mutex);
  const Outlet* outlet = state_->outlets.find(info[0].ToNumber().Uint32Value());
  return Napi::Number::New(info.Env(), outlet ? static_cast<double>(outlet->dropped) : 0);
}

/** keyframeTime(every): µs; all encoders can have the picture that follows this time as a keyframe. */
Napi::Value Pacer::keyframe_time(const Napi::CallbackInfo& info) {
  if (!state_) return Napi::Number::New(info.Env(), 0);
  const int64_t every = std::max<int64_t>(info[0].ToNumber().Int64Value(), 1);
  return Napi::Number::New(info.Env(), static_cast<double>(state_->keyframe_time_us(every)));
}

void Pacer::close_now() {
  if (!state_) return;
  state_->close();
  state_->wakeup->close();
  if (thread_.joinable()) {
    // The thread may be blocked in a push until its pipeline stops, and JS does not wait for it. It holds the state
    // itself, whose references on elements must not end on the JS thread either.
    auto thread = std::make_shared<std::thread>(std::move(thread_));
    run_detached([thread] { thread->join(); });
  }
  run_detached([state = std::move(state_)]() mutable { state.reset(); });
}

/**
 * write(pixels: Uint8Array | null, format, timing, timestamp (µs), samples: Float32Array | Int16Array | null, rate,
 * channels, channelMask, captions: Uint8Array | null): a promise of true, when the picture has been taken; or the
 * reason of a refusal. 'full': the queue is full. 'over': the output has ended. 'wrong-size': the array no longer has
 * the picture's size.
 */
Napi::Value Pacer::write(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto refuse = [&](Refused why) -> Napi::Value { return refusals.to_js(env, why); };
  if (!state_) return refuse(Refused::over);
  const bool picture = info[0].IsTypedArray();
  if (picture) {
    // A write that has to wait is not copied. Only this thread adds pictures.
    std::lock_guard lock(state_->mutex);
    // An output that has ended says so, full or not: nobody waits for room that no write will get.
    if (state_->finishing || state_->closed) return refuse(Refused::over);
    if (state_->incoming_pictures + state_->ready_pictures >= state_->options.capacity) {
      state_->found_full = true;
      return refuse(Refused::full);
    }
  }
  Write write;
  write.format = pixel_formats.of(info[1]);
  if (picture) {
    write.pixels = hand_over(env, info[0].As<Napi::TypedArray>());
    write.captions = info[8].IsTypedArray() ? captions_of(info[8].As<Napi::Uint8Array>()) : write.pixels.captions;
    // While the write waited for room, the program shrank or transferred its memory.
    const PacerOptions& options = state_->options;
    if (write.pixels.size != picture_bytes(write.format, options.width, options.height))
      return refuse(Refused::wrong_size);
  }
  write.timing = timings.of(info[2]);
  // No sum of two of them leaves 64 bits; NaN is 0.
  const double timestamp_us = info[3].ToNumber().DoubleValue();
  write.timestamp_us = timestamp_us == timestamp_us
                           ? static_cast<int64_t>(std::clamp(timestamp_us, -most_timestamp_us, most_timestamp_us))
                           : 0;
  write.accepted = now_us();
  if (info[4].IsTypedArray()) {
    auto array = info[4].As<Napi::TypedArray>();
    write.samples.resize(array.ElementLength());
    if (array.TypedArrayType() == napi_int16_array) {
      const int16_t* from = info[4].As<Napi::Int16Array>().Data();
      for (size_t i = 0; i < write.samples.size(); ++i) write.samples[i] = static_cast<float>(from[i]) / 32768.0f;
    } else {
      std::memcpy(write.samples.data(), info[4].As<Napi::Float32Array>().Data(), write.samples.size() * sizeof(float));
    }
  }
  write.rate = info[5].ToNumber().Int32Value();
  write.channels = info[6].ToNumber().Int32Value();
  write.mask = static_cast<uint64_t>(info[7].ToNumber().Int64Value());
  const auto samples = static_cast<int64_t>(write.samples.size()) / std::max(write.channels, 1);
  {
    std::lock_guard lock(state_->mutex);
    if (state_->finishing || state_->closed) return refuse(Refused::over);
    // Ten seconds: more than the chunk of any writer. A longer chunk still goes in alone.
    if (!picture && state_->queued_samples > 10 * state_->options.rate) return refuse(Refused::full);
  }
  // This thread alone adds writes and ends the output: the checks above still hold.
  const Napi::Value taken = state_->completions->open(env, &write.ticket);
  {
    std::lock_guard lock(state_->mutex);
    if (picture) ++state_->incoming_pictures;
    state_->queued_samples += samples;
    state_->incoming.push_back(std::move(write));
  }
  state_->changed.notify_all();
  return taken;
}

/** reject(reason): rejects the writes that have not been taken. */
Napi::Value Pacer::reject(const Napi::CallbackInfo& info) {
  if (state_) state_->completions->reject(info.Env(), info[0]);
  return info.Env().Undefined();
}

/** failure(outlet): 'broken' if its encoder takes nothing more, 'ended' if the output has also ended; else null. */
Napi::Value Pacer::failure(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  const Outlet* outlet = state_->outlets.find(info[0].ToNumber().Uint32Value());
  if (!outlet || (outlet->source && !outlet->broken)) return info.Env().Null();
  if (state_->finished) return failures.to_js(info.Env(), Failure::ended);
  return outlet->broken ? failures.to_js(info.Env(), Failure::broken) : info.Env().Null();
}

/** fillAfter(ms): the time after which fill pictures begin if none was written. */
Napi::Value Pacer::fill_after(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->first_fill_at_us = now_us() + static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

/** finish(): the queued pictures leave, then end-of-stream. */
Napi::Value Pacer::finish(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->finishing = true;
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

/** setSlate(pixels, format): copies them; they are as large as each picture. */
Napi::Value Pacer::set_slate(const Napi::CallbackInfo& info) {
  const auto pixels = info[0].As<Napi::Uint8Array>();
  if (state_) state_->replace_slate({pixels.Data(), pixels.Data() + pixels.ByteLength()}, pixel_formats.of(info[1]));
  return info.Env().Undefined();
}

/** setOverlays(list of OverlayPicture): over all pictures from the next slot on, the first one lowest. */
Napi::Value Pacer::set_overlays(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  auto list = info[0].As<Napi::Array>();
  ShownPicture::Overlays overlays;
  for (uint32_t i = 0; i < list.Length(); ++i) overlays.push_back(OverlayPicture::of(list.Get(i)));
  state_->shown().set_overlays(std::move(overlays));
  return info.Env().Undefined();
}

/** snapshot(desk, options): the last picture that has left, as a still; null: none has. */
Napi::Value Pacer::snapshot(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto picture = std::make_shared<HeldPicture>();
  if (state_) picture->buffer = state_->shown().last();
  if (!picture->buffer) return env.Null();
  picture->info = state_->shown().info();
  const StillOptions options = still_options(info[1]);
  return StillDesk::Unwrap(info[0].As<Napi::Object>())->add(env, [picture, options] {
    return encode_held(*picture, options);
  });
}

Napi::Value Pacer::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  result["written"] = static_cast<double>(state_->written);
  result["repeated"] = static_cast<double>(state_->repeated);
  result["late"] = static_cast<double>(state_->late);
  result["captionsDropped"] = static_cast<double>(state_->captions_dropped + state_->noted->cut());
  result["silence"] = static_cast<double>(state_->lane().silence());
  result["trimmed"] = static_cast<double>(state_->lane().trimmed());
  result["queued"] = static_cast<double>(state_->incoming_pictures + state_->ready_pictures);
  result["filling"] = Napi::Boolean::New(info.Env(), state_->filling_since_us != 0);
  return result;
}

Napi::Value Pacer::close(const Napi::CallbackInfo& info) {
  if (state_) state_->completions->close(info.Env(), false);
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
