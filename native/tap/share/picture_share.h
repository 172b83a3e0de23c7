// PictureShare: a tap's pictures for other processes, in shared memory.
#pragma once
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "js/js.h"
#include "pixels/pixels.h"
#include "tap/picture_listener.h"
#include "tap/picture_turns.h"
#include "tap/share/ring.h"
#include "tap/share/shared_name.h"

namespace rxgst {

class VideoTapState;

namespace share {

/**
 * The streaming thread's half of a PictureShare. It converts from the decoder's picture into the slot: one pass over
 * the pixels, and no memory of its own.
 */
class ShareState : public PictureListener {
 public:
  /** JS thread. errno, or 0. */
  int claim(const std::string& name);
  void on_picture(const DecodedPicture& picture) override;
  /** Any thread. The name is free when it returns; a picture that is being written is written to its end. */
  void close();

  struct Stats {
    uint64_t pictures = 0;
    uint64_t overwritten = 0;
    uint64_t dropped = 0;
    uint32_t generation = 0;
    size_t bytes = 0;
    RingKind kind;
    int error = 0;
  };
  Stats stats();

  std::shared_ptr<Wakeup> wakeup;

  // Options, set once before pictures come.
  PixelFormat format = PixelFormat::rgb;
  int width = 0;  // 0: the source's, or what keeps the shape on the screen; likewise the height
  int height = 0;
  double fps = 0;  // 0: every picture
  uint32_t slots = 4;

 private:
  std::shared_ptr<Ring> ring_for(const RingKind& kind);
  bool put(Ring& ring);
  void lose(int error);

  // Connections follow one another, and the last picture of one may come beside the first of the next.
  std::mutex converting_;
  // Guarded by converting_.
  FromDecoder converter_;
  AnyConverter any_converter_;
  PictureTurns turns_;
  bool discontinuity_ = true;
  uint64_t number_ = 0;
  uint64_t first_of_ring_ = 1;
  int64_t next_try_us_ = 0;

  // Held for moments.
  std::mutex mutex_;
  // Guarded by mutex_.
  SharedName name_;
  std::shared_ptr<Ring> ring_;
  RingKind kind_;
  Stats stats_;
  bool closed_ = false;
};

class PictureShare : public Napi::ObjectWrap<PictureShare> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PictureShare(const Napi::CallbackInfo& info);
  ~PictureShare() override;

 private:
  Napi::Value claim(const Napi::CallbackInfo& info);
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void leave();

  std::shared_ptr<ShareState> state_;
  std::weak_ptr<VideoTapState> tap_;
};

}  // namespace share
}  // namespace rxgst
