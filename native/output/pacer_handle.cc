#include "output/pacer_handle.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "gst/running_time.h"
#include "output/stamp.h"

namespace rxgst {

Napi::Function Program::define(Napi::Env env) {
  return DefineClass(env, "Program",
                     {InstanceMethod("start", &Program::start), InstanceMethod("attach", &Program::attach),
                      InstanceMethod("detach", &Program::detach), InstanceMethod("stamp", &Program::stamp),
                      InstanceMethod("write", &Program::write), InstanceMethod("takeDone", &Program::take_done),
                      InstanceMethod("finish", &Program::finish), InstanceMethod("fillAfter", &Program::fill_after),
                      InstanceMethod("stats", &Program::stats), InstanceMethod("close", &Program::close)});
}

/** new Program(videoAppsrc, audioAppsrc, options, slate: Uint8Array | null, slateFormat, onChange) */
Program::Program(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Program>(info) {
  auto given = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return given.Get(name).ToNumber().DoubleValue(); };
  ProgramOptions options;
  options.width = static_cast<int>(number("width"));
  options.height = static_cast<int>(number("height"));
  options.fps_n = static_cast<int>(number("fpsN"));
  options.fps_d = static_cast<int>(number("fpsD"));
  options.rate = static_cast<int>(number("rate"));
  options.channels = static_cast<int>(number("channels"));
  options.capacity = static_cast<size_t>(number("capacity"));
  options.fill = static_cast<Fill>(static_cast<uint32_t>(number("fill")));
  options.slate_after_us = static_cast<int64_t>(number("slateAfter") * 1000);
  options.matrix = given.Get("bt709").ToBoolean().Value() ? GST_VIDEO_COLOR_MATRIX_BT709 : GST_VIDEO_COLOR_MATRIX_BT601;
  state_ = std::make_shared<ProgramState>(options);
  state_->video = ref_object(pointer_argument<GstAppSrc>(info[0]));
  state_->audio = ref_object(pointer_argument<GstAppSrc>(info[1]));
  const uint8_t* slate = info[3].IsTypedArray() ? info[3].As<Napi::Uint8Array>().Data() : nullptr;
  state_->set_slate(slate, static_cast<PixelFormat>(info[4].ToNumber().Uint32Value()));
  state_->bell = Bell::create(info.Env(), info[5].As<Napi::Function>(), "rxgst program");
}

Program::~Program() { close_now(); }

/** start(): from now on the clock runs. */
Napi::Value Program::start(const Napi::CallbackInfo& info) {
  if (!thread_.joinable()) thread_ = std::thread([state = state_] { state->run(); });
  return info.Env().Undefined();
}

namespace {

/** Encoder's thread: the access unit's wall clock goes before its first slice. */
GstPadProbeReturn stamp_packet(const AcceptedTimes& accepted, GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const std::optional<int64_t> time = running_time(pad, GST_BUFFER_PTS(packet));
  const std::optional<int64_t> at = time ? accepted.times.of(*time) : std::nullopt;
  if (!at) return GST_PAD_PROBE_OK;
  if (BufferRef marked = stamped(packet, g_get_real_time() - (now_us() - *at))) {
    gst_buffer_unref(packet);
    GST_PAD_PROBE_INFO_DATA(info) = marked.release();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

/** stamp(element): the packets that enter its sink pad get the wall clock of their pictures, from now on. */
Napi::Value Program::stamp(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(pointer_argument<GstElement>(info[0]), "sink"));
  if (!state_ || !pad) return info.Env().Undefined();
  if (!stamps_) ++state_->accepted->users;
  stamps_ = true;
  stamp_probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
                          [accepted = state_->accepted](GstPad* at, GstPadProbeInfo* packet) {
                            return stamp_packet(*accepted, at, packet);
                          });
  return info.Env().Undefined();
}

/**
 * detach(): nothing more goes to the encoders, until others are attached. A push that waits for one that hangs returns:
 * its queue has no end now, and gets nothing more.
 */
Napi::Value Program::detach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  std::lock_guard lock(state_->mutex);
  state_->broken = true;
  // Attached and not yet taken: they failed first. Their pipeline holds them until it is closed.
  state_->next_video.reset();
  state_->next_audio.reset();
  for (GstAppSrc* source : {state_->video.get(), state_->audio.get()}) {
    gst_app_src_set_max_buffers(source, 0);
    gst_app_src_set_max_bytes(source, 0);
  }
  return info.Env().Undefined();
}

/** attach(videoAppsrc, audioAppsrc): other encoders go on where the ones before have stopped. */
Napi::Value Program::attach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  {
    std::lock_guard lock(state_->mutex);
    state_->next_video = ref_object(pointer_argument<GstAppSrc>(info[0]));
    state_->next_audio = ref_object(pointer_argument<GstAppSrc>(info[1]));
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

void Program::close_now() {
  if (!state_) return;
  state_->close();
  state_->bell->close();
  if (thread_.joinable()) {
    // It may be blocked in a push until its pipeline stops; nobody waits for it. It holds the state itself, whose
    // references on elements must not end on the JS thread either.
    auto thread = std::make_shared<std::thread>(std::move(thread_));
    run_detached([thread] { thread->join(); });
  }
  run_detached([state = std::move(state_)]() mutable { state.reset(); });
}

/**
 * write(pixels: Uint8Array | null, format, timing, timestamp (µs), samples: Float32Array | Int16Array | null,
 *       rate, channels, channelMask):
 * the write's number, which takeDone() names when the picture has been taken over; 0 when the queue is full; −1 after
 * the end; −2 when the array is not of the picture's size any more.
 */
Napi::Value Program::write(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!state_) return Napi::Number::New(env, -1);
  const bool picture = info[0].IsTypedArray();
  if (picture) {
    // Nothing is copied for a write that has to wait. Only this thread adds pictures.
    std::lock_guard lock(state_->mutex);
    if (!state_->closed && state_->incoming_pictures + state_->ready_pictures >= state_->options.capacity)
      return Napi::Number::New(env, 0);
  }
  Write write;
  write.format = static_cast<PixelFormat>(info[1].ToNumber().Uint32Value());
  if (picture) {
    write.pixels = hand_over(env, info[0].As<Napi::TypedArray>());
    // While the write waited for room, the program shrank its memory, or gave it away.
    const ProgramOptions& options = state_->options;
    if (write.pixels.size != picture_bytes(write.format, options.width, options.height))
      return Napi::Number::New(env, -2);
  }
  write.timing = static_cast<Timing>(info[2].ToNumber().Uint32Value());
  write.timestamp = static_cast<int64_t>(info[3].ToNumber().DoubleValue());
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
  {
    std::lock_guard lock(state_->mutex);
    if (state_->finishing || state_->closed) return Napi::Number::New(env, -1);
    const auto samples = static_cast<int64_t>(write.samples.size()) / std::max(write.channels, 1);
    // Ten seconds: more than any writer's chunk, and one that is longer alone still goes in.
    if (!picture && state_->queued_samples > 10 * state_->options.rate) return Napi::Number::New(env, 0);
    write.id = next_id_++;
    if (next_id_ == 0x7fffffff) next_id_ = 1;
    if (picture) ++state_->incoming_pictures;
    state_->queued_samples += samples;
    const uint32_t id = write.id;
    state_->incoming.push_back(std::move(write));
    state_->changed.notify_all();
    return Napi::Number::New(env, id);
  }
}

/** takeDone(): { done: number[], finished, broken } */
Napi::Value Program::take_done(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  std::deque<uint32_t> done;
  bool finished = true, broken = false;
  if (state_) {
    std::lock_guard lock(state_->mutex);
    done.swap(state_->done);
    finished = state_->finished;
    broken = state_->broken && !state_->next_video;
  }
  auto list = Napi::Array::New(env, done.size());
  uint32_t index = 0;
  for (uint32_t id : done) list[index++] = id;
  result["done"] = list;
  result["finished"] = Napi::Boolean::New(env, finished);
  result["broken"] = Napi::Boolean::New(env, broken);
  return result;
}

/** fillAfter(ms): when pictures begin by themselves if none is written until then. */
Napi::Value Program::fill_after(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->first_fill_at = now_us() + static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

/** finish(): what is queued leaves, then end-of-stream. */
Napi::Value Program::finish(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->finishing = true;
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

Napi::Value Program::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  result["written"] = static_cast<double>(state_->written);
  result["repeated"] = static_cast<double>(state_->repeated);
  result["late"] = static_cast<double>(state_->late);
  result["silence"] = static_cast<double>(state_->sound().silence());
  result["trimmed"] = static_cast<double>(state_->sound().trimmed());
  result["queued"] = static_cast<double>(state_->incoming_pictures + state_->ready_pictures);
  result["filling"] = Napi::Boolean::New(info.Env(), state_->filling_since != 0);
  return result;
}

Napi::Value Program::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
