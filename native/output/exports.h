// The exports of this room to JavaScript; their types are in src/addon/output.ts.
#pragma once
#include <napi.h>

#include "output/fanout.h"
#include "output/filler.h"
#include "output/live_input.h"
#include "output/outlets/audio_feed.h"
#include "output/pacer_handle.h"
#include "output/stream/stream_stats.h"

namespace rxgst {

inline void register_output(Napi::Env env, Napi::Object exports) {
  exports["Pacer"] = Pacer::define(env);
  exports["Fanout"] = Fanout::define(env);
  exports["AudioFeed"] = AudioFeed::define(env);
  exports["StreamStats"] = StreamStats::define(env);
  exports["Filler"] = Filler::define(env);
  exports["answerAsLive"] = Napi::Function::New(env, answer_as_live);
}

}  // namespace rxgst
