// The StillDesk of JavaScript: takes pictures, has them encoded by workers, and promises the bytes.
#pragma once
#include <napi.h>

#include <functional>
#include <memory>
#include <utility>

#include "js/completions.h"
#include "js/js.h"
#include "stills/still.h"
#include "stills/work_lane.h"

namespace rxgst {

/** A picture that a worker may read: the buffer holds it. */
struct HeldPicture {
  BufferRef buffer;  // null: there is none
  GstVideoInfo info{};
  PixelAspect pixel;
};

/** Encodes it in the calling thread. */
Still encode_held(const HeldPicture& picture, const StillOptions& options);

/** { format, quality, width, height } */
StillOptions still_options(const Napi::Value& given);

/** One for each environment. A promise keeps the process alive until it is settled. */
class StillDesk : public Napi::ObjectWrap<StillDesk> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit StillDesk(const Napi::CallbackInfo& info);
  ~StillDesk() override;

  /** A promise of the bytes, or of the reason as text; 'full': too many pictures wait. JS thread. */
  Napi::Value add(Napi::Env env, std::function<Still()> work) { return add(env, still_lane(), std::move(work)); }

 private:
  struct State;
  Napi::Value encode(const Napi::CallbackInfo& info);
  Napi::Value decode(const Napi::CallbackInfo& info);
  Napi::Value unpack(const Napi::CallbackInfo& info);
  Napi::Value lay(const Napi::CallbackInfo& info);
  Napi::Value draw(const Napi::CallbackInfo& info);
  Napi::Value draw_copy(const Napi::CallbackInfo& info);
  Napi::Value slate(const Napi::CallbackInfo& info);
  Napi::Value add(Napi::Env env, WorkLane& lane, std::function<Still()> work);

  std::shared_ptr<State> state_;
};

}  // namespace rxgst
