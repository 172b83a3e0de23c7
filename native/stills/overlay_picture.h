// The overlay that JavaScript holds, and gives to outputs and to the desk.
#pragma once
#include <napi.h>

#include <memory>

#include "pixels/overlay.h"

namespace rxgst {

class OverlayPicture : public Napi::ObjectWrap<OverlayPicture> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit OverlayPicture(const Napi::CallbackInfo& info);
  std::shared_ptr<const Overlay> overlay() const { return overlay_; }
  /** The overlay of an OverlayPicture; null: none. */
  static std::shared_ptr<const Overlay> of(const Napi::Value& value);

 private:
  std::shared_ptr<const Overlay> overlay_;
};

}  // namespace rxgst
