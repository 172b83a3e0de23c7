#include "tap/video_view.h"

#include <utility>

#include "js/changes.h"
#include "pixels/pixel_formats.h"
#include "tap/frame_reading.h"
#include "tap/picture_color.h"
#include "tap/video_tap.h"

namespace rxgst {

void VideoViewState::on_picture(const DecodedPicture& picture) {
  std::lock_guard lock(mutex_);
  discontinuity_ |= picture.discontinuity;
  captions_ = captions::joined(std::move(captions_), picture.captions);
  if (queue.is_closed() || !turns_.is_due(picture, fps)) return;
  const GstVideoInfo& source = picture.frame->info;
  const auto [to_width, to_height, pixel] = shape_of(source.width, source.height, picture.pixel, width, height);
  const uint64_t sequence = sequence_++;
  if (!queue.admit(std::exchange(discontinuity_, false))) return;
  PooledFrame memory = queue.allocate(picture_bytes(format, to_width, to_height));
  if (!memory) return;
  if (!converter_.convert(*picture.frame, format, to_width, to_height, memory.data()) &&
      !any_converter_.convert(*picture.frame, format, to_width, to_height, memory.data(), memory.size())) {
    return;
  }
  memory.set_captions(std::exchange(captions_, nullptr));
  const bool queued =
      queue.push(Picture{std::move(memory), to_width, to_height, pixel, picture.timestamp_us, picture.duration_us,
                         picture.arrival_us, sequence, false, format, picture.pts, color_of(source, format)});
  if (queued) wakeup->wake(change_frames);
}

Napi::Function VideoView::define(Napi::Env env) {
  return DefineClass(env, "VideoView",
                     {InstanceMethod("attach", &VideoView::attach), InstanceMethod("read", &VideoView::read),
                      InstanceMethod("dropped", &VideoView::dropped), InstanceMethod("close", &VideoView::close)});
}

/** new VideoView({ format, width, height, fps, capacity }, changes, account) */
VideoView::VideoView(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VideoView>(info) {
  state_ = std::make_shared<VideoViewState>();
  auto options = info[0].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber(); };
  state_->format = pixel_formats.of(options.Get("format"));
  state_->width = number("width").Int32Value();
  state_->height = number("height").Int32Value();
  state_->fps = number("fps").DoubleValue();
  state_->queue.capacity = static_cast<size_t>(number("capacity").Int32Value());
  state_->queue.account = FrameAccountHandle::Unwrap(info[2].As<Napi::Object>())->account();
  state_->wakeup = Changes::wakeup_of(info[1]);
}

VideoView::~VideoView() { leave(); }

void VideoView::leave() {
  if (const auto tap = tap_.lock()) tap->watchers.remove(state_.get());
  tap_.reset();
}

/** attach(tap): looks at this tap's pictures from now on, and no longer at those of an earlier one. */
Napi::Value VideoView::attach(const Napi::CallbackInfo& info) {
  leave();
  const auto tap = VideoTap::Unwrap(info[0].As<Napi::Object>())->state();
  tap->watchers.add(state_);
  tap_ = tap;
  return info.Env().Undefined();
}

/** read(max, fields): as VideoTap.read(). */
Napi::Value VideoView::read(const Napi::CallbackInfo& info) {
  return read_pictures(info, state_->queue, [](const Picture&) {});
}

/** dropped(): pictures that newer ones have replaced, and those for which there was no memory. */
Napi::Value VideoView::dropped(const Napi::CallbackInfo& info) {
  const PictureQueue::Stats stats = state_->queue.stats();
  return Napi::Number::New(info.Env(), static_cast<double>(stats.dropped_queue + stats.dropped_held));
}

Napi::Value VideoView::close(const Napi::CallbackInfo& info) {
  leave();
  state_->queue.close();
  return info.Env().Undefined();
}

}  // namespace rxgst
