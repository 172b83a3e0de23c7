#include "pipeline/push_source.h"

#include <gst/audio/audio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "gst/element.h"
#include "pipeline/property.h"
#include "pixels/pixel_formats.h"
#include "tap/frame_pool.h"

namespace rxgst {
namespace {

/** Memory of the pool where it has some: a picture's fresh pages would be faulted in, one by one, every time. */
BufferRef allocate(size_t size) {
  PooledFrame memory;
  if (size > 0) memory = PooledFrame::take(size);
  if (!memory) return BufferRef(gst_buffer_new_allocate(nullptr, size, nullptr));
  auto* held = new PooledFrame(std::move(memory));
  return BufferRef(gst_buffer_new_wrapped_full(static_cast<GstMemoryFlags>(0), held->data(), size, 0, size, held,
                                               delete_as<PooledFrame>));
}

void copy_rows(const uint8_t* from, int from_stride, uint8_t* to, int to_stride, int bytes, int rows) {
  for (int row = 0; row < rows; ++row) {
    std::memcpy(to + static_cast<ptrdiff_t>(row) * to_stride, from + static_cast<ptrdiff_t>(row) * from_stride,
                static_cast<size_t>(bytes));
  }
}

int64_t nanoseconds(const Napi::Value& value) {
  if (!value.IsNumber()) return INT64_MIN;
  const double ns = value.As<Napi::Number>().DoubleValue() * 1000 + 0.5;
  // A double that no 64 bits hold, or that is no number, is undefined as an integer.
  return std::isnan(ns) ? INT64_MIN : static_cast<int64_t>(std::clamp(ns, -9e18, 9e18));
}

GstClockTime clock_time(int64_t ns) { return ns < 0 ? GST_CLOCK_TIME_NONE : static_cast<GstClockTime>(ns); }

}  // namespace

/** Bytes alone, into a source of which nothing is known: they have no time, and what reads them finds out what they
 * are. */
void PushSourceState::become_bytes() {
  GstElement* element = GST_ELEMENT(source.get());
  gst_element_set_state(element, GST_STATE_READY);
  g_object_set(element, "format", GST_FORMAT_BYTES, nullptr);
  gst_element_sync_state_with_parent(element);
}

/** Where pictures or samples have no time of their own, it follows from the caps and their number. */
void PushSourceState::time(Push& push) {
  if (!push.raw_bytes || push.pts != INT64_MIN || !current_) return;
  GstFormat format = GST_FORMAT_UNDEFINED;
  gboolean stamps = FALSE;
  g_object_get(source.get(), "format", &format, "do-timestamp", &stamps, nullptr);
  if (format != GST_FORMAT_TIME || stamps) return;
  GstVideoInfo video;
  GstAudioInfo audio;
  if (gst_video_info_from_caps(&video, current_.get()) && video.fps_n > 0) {
    const auto at = [&](int64_t n) {
      return static_cast<int64_t>(gst_util_uint64_scale(
          static_cast<guint64>(n), GST_SECOND * static_cast<guint64>(video.fps_d), static_cast<guint64>(video.fps_n)));
    };
    push.pts = at(next_);
    push.duration = at(++next_) - push.pts;
  } else if (gst_audio_info_from_caps(&audio, current_.get()) && audio.bpf > 0) {
    const auto at = [&](int64_t n) {
      return static_cast<int64_t>(
          gst_util_uint64_scale(static_cast<guint64>(n), GST_SECOND, static_cast<guint64>(audio.rate)));
    };
    push.pts = at(next_);
    next_ += static_cast<int64_t>(push.bytes.size) / audio.bpf;
    push.duration = at(next_) - push.pts;
  }
}

/** Caps first: those of the value must be such as the graph wants, and become the appsrc's. */
Pushed PushSourceState::prepare(Push& push, std::string* text) {
  if (first_) {
    first_ = false;
    own_.reset(gst_app_src_get_caps(source.get()));
    if (own_ && gst_caps_is_any(own_.get())) own_.reset();
    if (own_) current_.reset(gst_caps_ref(own_.get()));
    GstFormat format = GST_FORMAT_UNDEFINED;
    gboolean stamps = FALSE;
    g_object_get(source.get(), "format", &format, "do-timestamp", &stamps, nullptr);
    if (untyped && !own_ && push.raw_bytes && push.pts == INT64_MIN && format == GST_FORMAT_TIME && !stamps)
      become_bytes();
  }
  // While the push waited for its pipeline, the program shrank the picture's memory, or gave it away.
  if (push.format && push.bytes.size != picture_bytes(*push.format, push.width, push.height)) {
    *text = std::to_string(picture_bytes(*push.format, push.width, push.height));
    return Pushed::wrong_size;
  }
  if (!push.caps.empty() && push.caps != last_caps_) {
    CapsRef caps(is_shallow(push.caps) ? gst_caps_from_string(push.caps.c_str()) : nullptr);
    if (!caps) {
      *text = push.caps;
      return Pushed::wrong_media;
    }
    if (own_) {
      // A rate that was measured from one picture's duration does not contradict the one that the graph writes down;
      // the same for the shape of pixels.
      const GstStructure* wanted = gst_caps_get_size(own_.get()) > 0 ? gst_caps_get_structure(own_.get(), 0) : nullptr;
      for (const char* field : {"framerate", "pixel-aspect-ratio"}) {
        if (!push.format || !wanted || !gst_structure_has_field(wanted, field)) continue;
        caps.reset(gst_caps_make_writable(caps.release()));
        gst_structure_remove_field(gst_caps_get_structure(caps.get(), 0), field);
      }
      CapsRef both(gst_caps_intersect_full(own_.get(), caps.get(), GST_CAPS_INTERSECT_FIRST));
      if (gst_caps_is_empty(both.get())) {
        *text = CharPtr(gst_caps_to_string(own_.get())).get();
        return Pushed::wrong_media;
      }
      caps = std::move(both);
    }
    if (!gst_caps_is_fixed(caps.get())) caps.reset(gst_caps_fixate(caps.release()));
    last_caps_ = push.caps;
    if (!current_ || !gst_caps_is_equal(current_.get(), caps.get())) gst_app_src_set_caps(source.get(), caps.get());
    current_ = std::move(caps);
  }
  // Raw bytes for a picture of known size.
  GstVideoInfo info;
  if (push.raw_bytes && current_ && gst_caps_is_fixed(current_.get()) &&
      gst_video_info_from_caps(&info, current_.get()) && GST_VIDEO_INFO_FORMAT(&info) != GST_VIDEO_FORMAT_ENCODED) {
    const auto format = pixel_format_of(info);
    const size_t tight = format ? picture_bytes(*format, info.width, info.height) : info.size;
    if (push.bytes.size != tight && push.bytes.size != info.size) {
      *text = std::to_string(tight);
      return Pushed::wrong_size;
    }
    if (format && push.bytes.size == tight) {
      push.format = format;
      push.width = info.width;
      push.height = info.height;
    }
  }
  return Pushed::ok;
}

/** What the appsrc gets: a buffer of its own, so that pixels that JS goes on drawing into do not change on their way.
 */
BufferRef PushSourceState::buffer_of(Push& push) {
  const size_t size = push.bytes.size;
  uint8_t* from = push.bytes.data.get();
  GstVideoInfo wide{}, tight{};
  if (push.format) {
    tight = tight_info(*push.format, push.width, push.height);
    gst_video_info_set_format(&wide, GST_VIDEO_INFO_FORMAT(&tight), static_cast<guint>(push.width),
                              static_cast<guint>(push.height));
  }
  const bool spread = push.format && wide.size != tight.size;
  if (size > 0 && !spread && !push.bytes.lent) {
    auto* held = new Handed(std::move(push.bytes));
    return BufferRef(
        gst_buffer_new_wrapped_full(static_cast<GstMemoryFlags>(0), from, size, 0, size, held, delete_as<Handed>));
  }
  BufferRef buffer = allocate(spread ? wide.size : size);
  GstMapInfo out;
  if (size == 0 || !buffer) return buffer;
  if (!gst_buffer_map(buffer.get(), &out, GST_MAP_WRITE)) return nullptr;
  if (spread) {
    // GStreamer's rows begin at multiples of four bytes: who reads them without asking for strides expects that.
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&wide); ++plane) {
      const int rows = GST_VIDEO_SUB_SCALE(GST_VIDEO_FORMAT_INFO_H_SUB(wide.finfo, plane), push.height);
      copy_rows(from + tight.offset[plane], tight.stride[plane], out.data + wide.offset[plane], wide.stride[plane],
                tight.stride[plane], rows);
    }
  } else {
    std::memcpy(out.data, from, size);
  }
  gst_buffer_unmap(buffer.get(), &out);
  return buffer;
}

void PushSourceState::finish(const Push& push, Pushed result, std::string text) {
  {
    std::lock_guard lock(mutex);
    if (result == Pushed::ok) ++pushed;
  }
  completions->done(push.ticket, {result, std::move(text)});
  wakeup->wake();
}

/** The strand. */
void PushSourceState::run(Push& push) {
  std::string text;
  if (const Pushed result = prepare(push, &text); result != Pushed::ok) return finish(push, result, std::move(text));
  time(push);
  if (closed) return finish(push, Pushed::stopped, "");
  BufferRef buffer = buffer_of(push);
  if (!buffer) return finish(push, Pushed::failed, "no memory");
  GST_BUFFER_PTS(buffer.get()) = clock_time(push.pts);
  GST_BUFFER_DTS(buffer.get()) = clock_time(push.dts);
  GST_BUFFER_DURATION(buffer.get()) = clock_time(push.duration);
  if (push.delta) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  if (push.header) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_HEADER);
  // Waits here while the appsrc is full (block=true); going down wakes it.
  switch (gst_app_src_push_buffer(source.get(), buffer.release())) {
    case GST_FLOW_OK:
      return finish(push, Pushed::ok, "");
    case GST_FLOW_EOS:
      return finish(push, Pushed::ended, "");
    default:
      return finish(push, Pushed::stopped, "");
  }
}

namespace {

Napi::Value outcome_to_js(Napi::Env env, const PushOutcome& outcome) {
  if (outcome.result == Pushed::ok) return env.Null();
  auto object = Napi::Object::New(env);
  object["result"] = pushed_names.to_js(env, outcome.result);
  object["text"] = outcome.text;
  return object;
}

}  // namespace

Napi::Function PushSource::define(Napi::Env env) {
  return DefineClass(env, "PushSource",
                     {InstanceMethod("push", &PushSource::push), InstanceMethod("end", &PushSource::end),
                      InstanceMethod("stats", &PushSource::stats), InstanceMethod("close", &PushSource::close)});
}

/** new PushSource(appsrc, untyped) */
PushSource::PushSource(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PushSource>(info) {
  state_ = std::make_shared<PushSourceState>();
  state_->source = element_argument<GstAppSrc>(info[0]);
  state_->untyped = info[1].ToBoolean().Value();
  state_->completions = std::make_shared<Completions<PushOutcome>>(outcome_to_js);
  state_->wakeup = Wakeup::create(info.Env(), Napi::Function(), "rxgst push",
                                  [completions = state_->completions](Napi::Env env) { completions->settle(env); });
  // Its rings are answers to what the program has in hand: they keep no process alive by themselves.
  state_->wakeup->keep_alive(info.Env(), false);
}

PushSource::~PushSource() { close_now(); }

void PushSource::close_now() {
  if (!state_) return;
  state_->closed = true;
  state_->wakeup->close();
  state_->strand->post([state = state_]() mutable { state.reset(); });
  state_.reset();
}

/**
 * push(data, { caps, rawBytes, pts, dts, duration, delta, header, format, width, height }): a promise of null, for when
 * the appsrc has taken it, or of { result, text } where it does not.
 */
Napi::Value PushSource::push(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!state_) return throw_error(env, "closed");
  auto array = info[0].As<Napi::TypedArray>();
  auto options = info[1].As<Napi::Object>();
  auto push = std::make_shared<Push>();
  push->bytes = hand_over(env, array);
  if (options.Get("caps").IsString()) push->caps = options.Get("caps").As<Napi::String>().Utf8Value();
  push->raw_bytes = options.Get("rawBytes").ToBoolean().Value();
  push->pts = nanoseconds(options.Get("pts"));
  push->dts = nanoseconds(options.Get("dts"));
  push->duration = nanoseconds(options.Get("duration"));
  push->delta = options.Get("delta").ToBoolean().Value();
  push->header = options.Get("header").ToBoolean().Value();
  push->format = pixel_formats.maybe(options.Get("format"));
  if (push->format) {
    push->width = options.Get("width").ToNumber().Int32Value();
    push->height = options.Get("height").ToNumber().Int32Value();
  }
  const Napi::Value pushed = state_->completions->open(env, &push->ticket);
  state_->strand->post([state = state_, push] { state->run(*push); });
  return pushed;
}

/** end(): end-of-stream, behind what was pushed. */
Napi::Value PushSource::end(const Napi::CallbackInfo& info) {
  if (state_) state_->strand->post([state = state_] { gst_app_src_end_of_stream(state->source.get()); });
  return info.Env().Undefined();
}

/** stats(): { pushed, queuedBytes, queuedBuffers } */
Napi::Value PushSource::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  result["pushed"] = static_cast<double>(state_->pushed);
  result["queuedBytes"] = static_cast<double>(gst_app_src_get_current_level_bytes(state_->source.get()));
  result["queuedBuffers"] = static_cast<double>(gst_app_src_get_current_level_buffers(state_->source.get()));
  return result;
}

/** close(): what is still pending is 'stopped'. */
Napi::Value PushSource::close(const Napi::CallbackInfo& info) {
  if (state_) state_->completions->close(info.Env(), {Pushed::stopped, ""});
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
