// The addon's exports. src/addon is their only reader and says what each is for.
#include <gst/gst.h>
#include <napi.h>

#include <mutex>

#include "capture/codec_gate.h"
#include "capture/frame_skipper.h"
#include "capture/input_limits.h"
#include "capture/sound_switch.h"
#include "capture/timeline.h"
#include "capture/video_facts.h"
#include "gi/door.h"
#include "gst/card_probe.h"
#include "gst/device_context.h"
#include "gst/library.h"
#include "gst/live_objects.h"
#include "js/changes.h"
#include "js/keep_loaded.h"
#include "meter/meter.h"
#include "meter/pad_times.h"
#include "output/fanout.h"
#include "output/filler.h"
#include "output/pacer_handle.h"
#include "pipeline/pad_counters.h"
#include "pipeline/pipeline.h"
#include "pipeline/push_source.h"
#include "pipeline/registry.h"
#include "pixels/sound_layout.h"
#include "rtmp/librtmp_relay.h"
#include "tap/audio_tap.h"
#include "tap/frame_pool.h"
#include "tap/packet_tap.h"
#include "tap/video_tap.h"

namespace {

/**
 * A hostile server can make GStreamer's rtmp2 print an assertion for every byte it sends, thousands a second: ten lines
 * in ten seconds tell as much. Fatal ones pass in any case.
 */
void limited_log(const gchar* domain, GLogLevelFlags level, const gchar* message, gpointer data) {
  // What is less than a warning GLib does not print unless asked to.
  if (!(level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) || level & G_LOG_FLAG_FATAL) {
    g_log_default_handler(domain, level, message, data);
    return;
  }
  static std::mutex mutex;
  static gint64 window = 0;
  static guint64 lines = 0;
  {
    std::lock_guard lock(mutex);
    const gint64 now = g_get_monotonic_time();
    if (now - window > 10 * G_USEC_PER_SEC) {
      if (lines > 10) g_printerr("rxgst: %" G_GUINT64_FORMAT " more lines of GLib's log were left out\n", lines - 10);
      window = now;
      lines = 0;
    }
    if (++lines > 10) return;
  }
  g_log_default_handler(domain, level, message, data);
}

/** keepLoaded(name): of another addon's file, without '.node'. */
Napi::Value keep_loaded_of(const Napi::CallbackInfo& info) {
  std::string file = "/";
  file.append(info[0].As<Napi::String>().Utf8Value()).append(".node");
  rxgst::keep_loaded(file);
  return info.Env().Undefined();
}

/** forgetContexts(): who comes from now on gets new ones of the card. */
Napi::Value forget_contexts_of(const Napi::CallbackInfo& info) {
  rxgst::forget_contexts();
  return info.Env().Undefined();
}

}  // namespace

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  rxgst::keep_this_loaded();
  g_log_set_default_handler(limited_log, nullptr);
  exports["Changes"] = rxgst::Changes::define(env);
  auto tables = Napi::Object::New(env);
  tables["change"] = rxgst::change_table(env);
  tables["frameFields"] = rxgst::frame_fields_table(env);
  tables["soundFields"] = rxgst::sound_fields_table(env);
  exports["tables"] = tables;
  exports["Timeline"] = rxgst::Timeline::define(env);
  exports["FrameAccount"] = rxgst::FrameAccountHandle::define(env);
  exports["VideoFacts"] = rxgst::VideoFacts::define(env);
  exports["VideoTap"] = rxgst::VideoTap::define(env);
  exports["AudioTap"] = rxgst::AudioTap::define(env);
  exports["PacketTap"] = rxgst::PacketTap::define(env);
  exports["PushSource"] = rxgst::PushSource::define(env);
  // Lives as long as the environment, and is not let go of in its last moments.
  auto* pipelines = new Napi::FunctionReference(Napi::Persistent(rxgst::Pipeline::define(env)));
  pipelines->SuppressDestruct();
  exports["build"] = Napi::Function::New(env, rxgst::build_pipeline, "build", pipelines);
  exports["PadCounter"] = rxgst::PadCounter::define(env);
  exports["PadTimes"] = rxgst::PadTimes::define(env);
  exports["InputLimits"] = rxgst::InputLimits::define(env);
  exports["RtmpRelay"] = rxgst::RtmpRelay::define(env);
  exports["CodecGate"] = rxgst::CodecGate::define(env);
  exports["SoundLayout"] = rxgst::SoundLayout::define(env);
  exports["SoundSwitch"] = rxgst::SoundSwitch::define(env);
  exports["Thinner"] = rxgst::Thinner::define(env);
  exports["Program"] = rxgst::Program::define(env);
  exports["Fanout"] = rxgst::Fanout::define(env);
  exports["Filler"] = rxgst::Filler::define(env);
  exports["Meter"] = rxgst::Meter::define(env);
  exports["meterStates"] = Napi::Function::New(env, rxgst::meter_states);
  exports["transportStats"] = Napi::Function::New(env, rxgst::transport_stats);
  exports["loadFactories"] = Napi::Function::New(env, rxgst::load_factories);
  exports["acknowledgePromptly"] = Napi::Function::New(env, rxgst::acknowledge_promptly_of);
  exports["elementType"] = Napi::Function::New(env, rxgst::element_type);
  exports["takes"] = Napi::Function::New(env, rxgst::takes);
  exports["libraryError"] = Napi::Function::New(env, rxgst::library_error);
  exports["cudaError"] = Napi::Function::New(env, rxgst::cuda_error);
  exports["vaError"] = Napi::Function::New(env, rxgst::va_error);
  exports["forgetContexts"] = Napi::Function::New(env, forget_contexts_of);
  exports["keepLoaded"] = Napi::Function::New(env, keep_loaded_of);
  exports["gstreamer"] = Napi::Function::New(env, rxgst::gstreamer_version);
  exports["startGStreamer"] = Napi::Function::New(env, rxgst::start_gstreamer);
  exports["elementNames"] = Napi::Function::New(env, rxgst::element_names);
  exports["openDoor"] = Napi::Function::New(env, rxgst::open_door);
  exports["liveObjects"] = Napi::Function::New(env, rxgst::live_objects);
  exports["endLease"] = Napi::Function::New(env, rxgst::end_lease);
  exports["frameMemory"] = Napi::Function::New(env, rxgst::frame_memory_stats);
  exports["setFrameMemoryLimit"] = Napi::Function::New(env, rxgst::set_frame_memory_limit);
  return exports;
}

NODE_API_MODULE(rxgst, init)
