// VideoView: a tap's pictures once more, in another size, rate or format.
#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>

#include "js/js.h"
#include "pixels/pixels.h"
#include "tap/picture_listener.h"
#include "tap/picture_queue.h"
#include "tap/picture_turns.h"

namespace rxgst {

class VideoTapState;

/**
 * The streaming thread's half of a VideoView. It converts in the tap's streaming thread, straight from the decoder's
 * picture: a small picture takes a fraction of a millisecond, and a worker would have to hold the decoder's buffer.
 */
class VideoViewState : public PictureListener {
 public:
  void on_picture(const DecodedPicture& picture) override;

  std::shared_ptr<Wakeup> wakeup;
  PictureQueue queue;

  // Options, set once before pictures come.
  PixelFormat format = PixelFormat::rgb;
  int width = 0;  // 0: the source's, or what keeps the shape on the screen; likewise the height
  int height = 0;
  double fps = 0;  // 0: every picture

 private:
  // Connections follow one another, and the last picture of one may come beside the first of the next.
  std::mutex mutex_;
  // Guarded by mutex_.
  FromDecoder converter_;
  AnyConverter any_converter_;
  PictureTurns turns_;
  uint64_t sequence_ = 0;
  captions::SharedCaptions captions_;  // of the next frame
  bool discontinuity_ = true;
};

class VideoView : public Napi::ObjectWrap<VideoView> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit VideoView(const Napi::CallbackInfo& info);
  ~VideoView() override;

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void leave();

  std::shared_ptr<VideoViewState> state_;
  std::weak_ptr<VideoTapState> tap_;
};

}  // namespace rxgst
