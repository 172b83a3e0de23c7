#include "capture/inputs/segment_feed.h"

#include <cstring>
#include <utility>

#include "capture/track_gate.h"
#include "gst/element.h"

namespace rxgst {

void SegmentFeedState::attach(ObjectRef<GstAppSrc> source) {
  std::lock_guard lock(mutex_);
  source_ = std::move(source);
}

void SegmentFeedState::serve() {
  if (!source_ || !hungry_) return;
  if (waiting_.empty()) {
    if (!ended_) return;
    gst_app_src_end_of_stream(source_.get());
    if (!std::exchange(over_, true)) wakeup->wake();
    return;
  }
  hungry_ = false;
  Waiting next = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= gst_buffer_get_size(next.buffer.get());
  passing_.push_back(std::move(next.start));
  // An appsrc that does not block takes it at once. What is being stopped takes nothing.
  if (gst_app_src_push_buffer(source_.get(), next.buffer.release()) != GST_FLOW_OK) passing_.pop_back();
}

void SegmentFeedState::push(BufferRef segment, SegmentStart start) {
  std::lock_guard lock(mutex_);
  if (!source_ || ended_) return;
  bytes_ += gst_buffer_get_size(segment.get());
  waiting_.push_back({std::move(segment), std::move(start)});
  serve();
}

void SegmentFeedState::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  serve();
}

void SegmentFeedState::on_need(GstAppSrc*) {
  std::lock_guard lock(mutex_);
  hungry_ = true;
  // This is the thread in which the demuxer has given out all of the last one.
  passed_ = begun_;
  serve();
}

void SegmentFeedState::on_segment(GstPad* pad) {
  SegmentStart start;
  {
    std::lock_guard lock(mutex_);
    if (passing_.empty()) return;
    start = std::move(passing_.front());
    passing_.pop_front();
    ++begun_;
  }
  if (!start.demuxer.empty()) place_.replace(pad, start.demuxer);
  // Behind what the last demuxer still held.
  for (const auto& [has, track] : {std::pair(has_video, Track::video), std::pair(has_audio, Track::audio)}) {
    if (has && start.base) timeline->set_base(track, *start.base);
    if (has && start.renews) timeline->renew_packets(track);
  }
  wakeup->wake();
}

SegmentFeedState::Levels SegmentFeedState::levels() {
  std::lock_guard lock(mutex_);
  return {waiting_.size(), bytes_, begun_, passed_, over_};
}

void SegmentFeedState::close() {
  ObjectRef<GstAppSrc> source;
  {
    std::lock_guard lock(mutex_);
    source = std::move(source_);
    waiting_.clear();
  }
  if (!source) return;
  GstAppSrcCallbacks none{};
  gst_app_src_set_callbacks(source.get(), &none, nullptr, nullptr);
}

Napi::Function SegmentFeed::define(Napi::Env env) {
  return DefineClass(env, "SegmentFeed",
                     {InstanceMethod("push", &SegmentFeed::push), InstanceMethod("end", &SegmentFeed::end),
                      InstanceMethod("levels", &SegmentFeed::levels), InstanceMethod("close", &SegmentFeed::close)});
}

/**
 * new SegmentFeed(appsrc, demuxer, gate, timeline, video | null, audio | null, onRoom): before data flows. `video` and
 * `audio` are where the branches of these tracks begin. `onRoom` is called when the demuxer has
 * begun another segment, and at the end.
 */
SegmentFeed::SegmentFeed(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SegmentFeed>(info) {
  ObjectRef<GstAppSrc> source = element_argument<GstAppSrc>(info[0]);
  DemuxerPlace place;
  place.demuxer = element_argument(info[1]);
  place.gate = TrackGate::Unwrap(info[2].As<Napi::Object>())->state();
  const auto entry = [](const Napi::Value& handle) {
    if (!handle.IsObject()) return ObjectRef<GstPad>();
    return ObjectRef<GstPad>(gst_element_get_static_pad(element_argument(handle).get(), "sink"));
  };
  place.video = entry(info[4]);
  place.audio = entry(info[5]);
  const bool has_video = place.video != nullptr, has_audio = place.audio != nullptr;
  // Sound beside the pictures comes through a demuxer that the gate does not know yet.
  if (!has_video) place.gate->watch(place.demuxer.get(), place.gate, Track::audio);
  state_ = std::make_shared<SegmentFeedState>(std::move(place));
  state_->timeline = Timeline::Unwrap(info[3].As<Napi::Object>())->state();
  state_->has_video = has_video;
  state_->has_audio = has_audio;
  state_->wakeup = Wakeup::create(info.Env(), info[6].As<Napi::Function>(), "rxgst segments");
  // What is being downloaded keeps the process alive, and so does the capture.
  state_->wakeup->keep_alive(info.Env(), false);
  using Shared = std::shared_ptr<SegmentFeedState>;
  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = +[](GstAppSrc* at, guint, gpointer data) { (*static_cast<Shared*>(data))->on_need(at); };
  gst_app_src_set_callbacks(source.get(), &callbacks, new Shared(state_), delete_as<Shared>);
  probe_ = PadProbe(ObjectRef<GstPad>(gst_element_get_static_pad(GST_ELEMENT(source.get()), "src")),
                    GST_PAD_PROBE_TYPE_BUFFER, [state = state_](GstPad* pad, GstPadProbeInfo*) {
                      state->on_segment(pad);
                      return GST_PAD_PROBE_OK;
                    });
  state_->attach(std::move(source));
}

void SegmentFeed::close_now() {
  if (!state_) return;
  // The probe holds the state, and with it the demuxer, for as long as JavaScript keeps this object.
  probe_ = PadProbe();
  state_->close();
  state_->wakeup->close();
  state_.reset();
}

/** push(bytes, demuxer | '', renews, µs | null): the bytes are copied. */
Napi::Value SegmentFeed::push(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  auto bytes = info[0].As<Napi::Uint8Array>();
  const size_t size = bytes.ByteLength();
  BufferRef buffer(gst_buffer_new_allocate(nullptr, size, nullptr));
  if (!buffer) return throw_error(info.Env(), "no memory for a segment");
  if (size > 0) gst_buffer_fill(buffer.get(), 0, bytes.Data(), size);
  SegmentStart start{info[1].ToString().Utf8Value(), info[2].ToBoolean().Value(), {}};
  if (info[3].IsNumber()) start.base = static_cast<int64_t>(info[3].As<Napi::Number>().DoubleValue() * 1000);
  state_->push(std::move(buffer), std::move(start));
  return info.Env().Undefined();
}

/** end(): the stream ends behind the segments that wait. */
Napi::Value SegmentFeed::end(const Napi::CallbackInfo& info) {
  if (state_) state_->end();
  return info.Env().Undefined();
}

/** levels(): { segments, bytes } that wait, how many segments the demuxer has begun and passed on, whether all have. */
Napi::Value SegmentFeed::levels(const Napi::CallbackInfo& info) {
  const auto levels = state_ ? state_->levels() : SegmentFeedState::Levels{};
  auto result = Napi::Object::New(info.Env());
  result["segments"] = static_cast<double>(levels.segments);
  result["bytes"] = static_cast<double>(levels.bytes);
  result["begun"] = static_cast<double>(levels.begun);
  result["passed"] = static_cast<double>(levels.passed);
  result["over"] = levels.over;
  return result;
}

Napi::Value SegmentFeed::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
