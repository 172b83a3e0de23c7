// The exports of this room to JavaScript; their types are in src/addon/capture.ts.
#pragma once
#include <napi.h>

#include "capture/analysis/analysis_gate.h"
#include "capture/captions/caption_tap.h"
#include "capture/codec_gate.h"
#include "capture/codec_switch.h"
#include "capture/data/data_tap.h"
#include "capture/frame_skipper.h"
#include "capture/input_limits.h"
#include "capture/inputs/input_pace.h"
#include "capture/inputs/segment_feed.h"
#include "capture/inputs/track_times.h"
#include "capture/inputs/waiting_payloads.h"
#include "capture/timeline.h"
#include "capture/track_gate.h"
#include "capture/video_facts.h"

namespace rxgst {

inline void register_capture(Napi::Env env, Napi::Object exports) {
  exports["Timeline"] = Timeline::define(env);
  exports["VideoFacts"] = VideoFacts::define(env);
  exports["InputLimits"] = InputLimits::define(env);
  exports["CodecGate"] = CodecGate::define(env);
  exports["TrackGate"] = TrackGate::define(env);
  exports["InputPace"] = InputPace::define(env);
  exports["SegmentFeed"] = SegmentFeed::define(env);
  exports["WaitingPayloads"] = WaitingPayloads::define(env);
  exports["TrackTimes"] = TrackTimes::define(env);
  exports["CodecSwitch"] = CodecSwitch::define(env);
  exports["DataTap"] = DataTap::define(env);
  exports["AnalysisGate"] = AnalysisGate::define(env);
  exports["CaptionTap"] = CaptionTap::define(env);
  exports["FrameSkipper"] = FrameSkipper::define(env);
}

}  // namespace rxgst
