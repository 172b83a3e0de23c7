// What this room exports to JavaScript; its types are in src/addon/pixels.ts.
#pragma once
#include <napi.h>

#include "pixels/audio_layout.h"
#include "pixels/pixel_formats.h"

namespace rxgst {

inline void register_pixels(Napi::Env env, Napi::Object exports) {
  exports["pixelFormats"] = pixel_formats.table(env);
  exports["AudioLayout"] = AudioLayout::define(env);
}

}  // namespace rxgst
