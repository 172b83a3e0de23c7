// The data plane's exports. binding.ts is their only reader and says what each is for.
#include <gst/gst.h>
#include <napi.h>

#include "audio_tap.h"
#include "fanout.h"
#include "frame_memory.h"
#include "pad_counter.h"
#include "pipeline.h"
#include "program.h"
#include "timeline.h"
#include "video_tap.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  // Idempotent: node-gtk has called it, or will.
  gst_init(nullptr, nullptr);
  exports["Timeline"] = rxgst::Timeline::define(env);
  exports["VideoTap"] = rxgst::VideoTap::define(env);
  exports["AudioTap"] = rxgst::AudioTap::define(env);
  exports["Pipeline"] = rxgst::Pipeline::define(env);
  exports["PadCounter"] = rxgst::PadCounter::define(env);
  exports["Program"] = rxgst::Program::define(env);
  exports["Fanout"] = rxgst::Fanout::define(env);
  exports["transportStats"] = Napi::Function::New(env, rxgst::transport_stats);
  exports["loadFactories"] = Napi::Function::New(env, rxgst::load_factories);
  exports["endLease"] = Napi::Function::New(env, rxgst::end_lease);
  exports["frameMemory"] = Napi::Function::New(env, rxgst::frame_memory_stats);
  exports["setFrameMemoryLimit"] = Napi::Function::New(env, rxgst::set_frame_memory_limit);
  return exports;
}

NODE_API_MODULE(rxgst, init)
