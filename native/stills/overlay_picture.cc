#include "stills/overlay_picture.h"

#include <utility>
#include <vector>

namespace rxgst {

Napi::Function OverlayPicture::define(Napi::Env env) { return DefineClass(env, "OverlayPicture", {}); }

/** new OverlayPicture(rgba, width, height, x, y, opacity): copies the pixels. */
OverlayPicture::OverlayPicture(const Napi::CallbackInfo& info) : Napi::ObjectWrap<OverlayPicture>(info) {
  auto rgba = info[0].As<Napi::Uint8Array>();
  const auto number = [&](size_t at) { return info[at].ToNumber().Int32Value(); };
  std::vector<uint8_t> pixels(rgba.Data(), rgba.Data() + rgba.ByteLength());
  pixels.resize(static_cast<size_t>(number(1)) * static_cast<size_t>(number(2)) * 4);
  const OverlayPlace place{number(3), number(4), info[5].ToNumber().DoubleValue()};
  overlay_ = std::make_shared<const Overlay>(std::move(pixels), number(1), number(2), place);
}

std::shared_ptr<const Overlay> OverlayPicture::of(const Napi::Value& value) {
  return value.IsObject() ? Unwrap(value.As<Napi::Object>())->overlay() : nullptr;
}

}  // namespace rxgst
