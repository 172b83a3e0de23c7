#include "tap/share/picture_share.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "gst/time_units.h"
#include "js/changes.h"
#include "tap/video_tap.h"

namespace rxgst::share {
namespace {

constexpr Names<PixelFormat, 5> share_formats("RGB", "RGBA", "GRAY8", "I420", "BGR");
constexpr PixelFormat share_format_values[] = {PixelFormat::rgb, PixelFormat::rgba, PixelFormat::gray8,
                                               PixelFormat::i420, PixelFormat::bgr};

/** So long a segment for which there was no memory is not tried again. */
constexpr int64_t retry_us = us_per_s;

RingKind kind_of(const GstVideoInfo& source, PixelFormat format, const Shape& shape) {
  RingKind kind{format, shape.width, shape.height, shape.pixel, 0, 0};
  if (!is_yuv(format)) return kind;
  kind.matrix = static_cast<uint32_t>(source.colorimetry.matrix);
  kind.range = static_cast<uint32_t>(source.colorimetry.range);
  return kind;
}

}  // namespace

int ShareState::claim(const std::string& name) {
  std::shared_ptr<Ring> ring;
  Descriptor segment;
  if (const int error = Ring::make({}, 0, 0, &ring, &segment); error != 0) return error;
  std::lock_guard lock(mutex_);
  if (const int error = name_.claim(name, std::move(segment)); error != 0) return error;
  ring_ = std::move(ring);
  return 0;
}

void ShareState::on_picture(const DecodedPicture& picture) {
  std::lock_guard lock(converting_);
  discontinuity_ |= picture.discontinuity;
  if (!turns_.is_due(picture, fps)) return;
  const GstVideoInfo& source = picture.frame->info;
  const Shape shape = shape_of(source.width, source.height, picture.pixel, width, height);
  const auto ring = ring_for(kind_of(source, format, shape));
  if (!ring) return;
  const uint64_t number = number_ + 1;
  uint8_t* const target = ring->begin(number);
  const size_t bytes = picture_bytes(format, shape.width, shape.height);
  if (!converter_.convert(*picture.frame, format, shape.width, shape.height, target) &&
      !any_converter_.convert(*picture.frame, format, shape.width, shape.height, target, bytes)) {
    return lose(EILSEQ);
  }
  ring->publish(number,
                {picture.timestamp_us, picture.duration_us, picture.arrival_us, std::exchange(discontinuity_, false)});
  number_ = number;
  std::lock_guard held(mutex_);
  stats_.pictures = number;
  stats_.overwritten += number - first_of_ring_ >= slots;
}

/** Null: the share is closed, or there is no memory. */
std::shared_ptr<Ring> ShareState::ring_for(const RingKind& kind) {
  uint32_t generation = 0;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return nullptr;
    if (stats_.generation > 0 && kind == kind_) return ring_;
    generation = stats_.generation + 1;
  }
  const int64_t now = now_us();
  std::shared_ptr<Ring> ring;
  Descriptor segment;
  int error = now < next_try_us_ ? EAGAIN : Ring::make(kind, slots, generation, &ring, &segment);
  if (error == 0) {
    std::lock_guard lock(mutex_);
    if (closed_) return nullptr;
    error = name_.replace(std::move(segment));
    if (error == 0) {
      set_state(ring_->header(), RingState::replaced);
      ring_ = ring;
      kind_ = kind;
      first_of_ring_ = number_ + 1;
      stats_.kind = kind;
      stats_.bytes = ring->bytes();
      stats_.generation = generation;
      stats_.error = 0;
    }
  }
  if (error == 0) return ring;
  if (error != EAGAIN) next_try_us_ = now + retry_us;
  lose(error);
  return nullptr;
}

void ShareState::lose(int error) {
  bool news = false;
  {
    std::lock_guard lock(mutex_);
    ++stats_.dropped;
    if (error != EAGAIN) news = std::exchange(stats_.error, error) != error;
  }
  if (news) wakeup->wake(change_held);
}

void ShareState::close() {
  std::lock_guard lock(mutex_);
  if (std::exchange(closed_, true)) return;
  name_.release();
  if (ring_) set_state(ring_->header(), RingState::ended);
  ring_.reset();
}

ShareState::Stats ShareState::stats() {
  std::lock_guard lock(mutex_);
  return stats_;
}

Napi::Function PictureShare::define(Napi::Env env) {
  return DefineClass(env, "PictureShare",
                     {InstanceMethod("claim", &PictureShare::claim), InstanceMethod("attach", &PictureShare::attach),
                      InstanceMethod("stats", &PictureShare::stats), InstanceMethod("close", &PictureShare::close)});
}

/** new PictureShare({ format, width, height, fps, slots }, changes) */
PictureShare::PictureShare(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PictureShare>(info) {
  state_ = std::make_shared<ShareState>();
  auto options = info[0].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber(); };
  state_->format = share_format_values[static_cast<size_t>(share_formats.of(options.Get("format")))];
  state_->width = number("width").Int32Value();
  state_->height = number("height").Int32Value();
  state_->fps = number("fps").DoubleValue();
  state_->slots = number("slots").Uint32Value();
  state_->wakeup = Changes::wakeup_of(info[1]);
}

PictureShare::~PictureShare() {
  leave();
  if (state_) state_->close();
}

void PictureShare::leave() {
  if (const auto tap = tap_.lock()) tap->watchers.remove(state_.get());
  tap_.reset();
}

/** claim(name): null, or { taken, text }: why the name or its memory is not to be had. */
Napi::Value PictureShare::claim(const Napi::CallbackInfo& info) {
  const int error = state_->claim(info[0].As<Napi::String>());
  if (error == 0) return info.Env().Null();
  auto result = Napi::Object::New(info.Env());
  result["taken"] = Napi::Boolean::New(info.Env(), error == EBUSY);
  result["text"] = std::strerror(error);
  return result;
}

/** attach(tap): shares this tap's pictures from now on, and no longer those of an earlier one. */
Napi::Value PictureShare::attach(const Napi::CallbackInfo& info) {
  leave();
  const auto tap = VideoTap::Unwrap(info[0].As<Napi::Object>())->state();
  tap->watchers.add(state_);
  tap_ = tap;
  return info.Env().Undefined();
}

/** stats(): { pictures, overwritten, dropped, generation, width, height, bytes, error } */
Napi::Value PictureShare::stats(const Napi::CallbackInfo& info) {
  const ShareState::Stats stats = state_->stats();
  auto result = Napi::Object::New(info.Env());
  result["pictures"] = static_cast<double>(stats.pictures);
  result["overwritten"] = static_cast<double>(stats.overwritten);
  result["dropped"] = static_cast<double>(stats.dropped);
  result["generation"] = static_cast<double>(stats.generation);
  result["width"] = stats.kind.width;
  result["height"] = stats.kind.height;
  result["bytes"] = static_cast<double>(stats.bytes);
  result["error"] = text_or_null(info.Env(), stats.error == 0 ? "" : std::strerror(stats.error));
  return result;
}

Napi::Value PictureShare::close(const Napi::CallbackInfo& info) {
  leave();
  state_->close();
  return info.Env().Undefined();
}

}  // namespace rxgst::share
