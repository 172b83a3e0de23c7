// What this room exports to JavaScript; its types are in src/addon/capture.ts.
#pragma once
#include <napi.h>

#include "capture/codec_gate.h"
#include "capture/frame_skipper.h"
#include "capture/input_limits.h"
#include "capture/sound_switch.h"
#include "capture/timeline.h"
#include "capture/video_facts.h"

namespace rxgst {

inline void register_capture(Napi::Env env, Napi::Object exports) {
  exports["Timeline"] = Timeline::define(env);
  exports["VideoFacts"] = VideoFacts::define(env);
  exports["InputLimits"] = InputLimits::define(env);
  exports["CodecGate"] = CodecGate::define(env);
  exports["SoundSwitch"] = SoundSwitch::define(env);
  exports["Thinner"] = Thinner::define(env);
}

}  // namespace rxgst
