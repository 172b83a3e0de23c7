#include <gst/gst.h>

#include <memory>
#include <utility>
#include <vector>

#include "gst/refs.h"
#include "rtmp/elements/elements.h"
#include "rtmp/elements/player.h"
#include "rtmp/elements/properties.h"

namespace rxgst::rtmp {

namespace {

enum SourceProperty : guint {
  prop_video_track = prop_own,
  prop_audio_track,
  prop_script_data,
  prop_direct,
  prop_prompt,
  prop_latency,
  prop_media_timeout,
};

/** Guarded by the object lock, but for what only state changes touch. */
struct SourceState {
  ElementSettings settings;
  PlayerOptions player;
  bool prompt = true;
  guint latency_ms = 200, media_timeout_s = 0;

  std::shared_ptr<Player> running;
  /** Of the runs before. */
  guint64 records_left_out = 0;
  GstTask* task = nullptr;
  GRecMutex task_lock;

  SourceState() { g_rec_mutex_init(&task_lock); }
  ~SourceState() { g_rec_mutex_clear(&task_lock); }
};

struct RtmpSource {
  GstElement base;
  SourceState* state;
};
struct RtmpSourceClass {
  GstElementClass base;
};
GstElementClass* source_parent = nullptr;

SourceState& source_state(gpointer self) { return *static_cast<RtmpSource*>(self)->state; }

void set_source_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  SourceState& state = source_state(object);
  if (set_shared_property(GST_ELEMENT(object), &state.settings, id, value)) return;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case prop_video_track:
      state.player.video_track = g_value_get_int(value);
      break;
    case prop_audio_track:
      state.player.audio_track = g_value_get_int(value);
      break;
    case prop_script_data:
      state.player.script_data = g_value_get_boolean(value);
      break;
    case prop_direct:
      state.player.direct = g_value_get_boolean(value);
      break;
    case prop_prompt:
      state.prompt = g_value_get_boolean(value);
      break;
    case prop_latency:
      state.latency_ms = g_value_get_uint(value);
      break;
    case prop_media_timeout:
      state.media_timeout_s = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void add_own_stats(GObject* object, GstStructure* stats) {
  if (!stats) return;
  const SourceState& state = source_state(object);
  GST_OBJECT_LOCK(object);
  const guint64 left_out = state.records_left_out + (state.running ? state.running->records_left_out() : 0);
  GST_OBJECT_UNLOCK(object);
  gst_structure_set(stats, "records-left-out", G_TYPE_UINT64, left_out, nullptr);
}

void get_source_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  SourceState& state = source_state(object);
  if (get_shared_property(GST_ELEMENT(object), &state.settings, id, value)) {
    if (id == prop_stats) add_own_stats(object, static_cast<GstStructure*>(g_value_get_boxed(value)));
    return;
  }
  GST_OBJECT_LOCK(object);
  switch (id) {
    case prop_video_track:
      g_value_set_int(value, state.player.video_track);
      break;
    case prop_audio_track:
      g_value_set_int(value, state.player.audio_track);
      break;
    case prop_script_data:
      g_value_set_boolean(value, state.player.script_data);
      break;
    case prop_direct:
      g_value_set_boolean(value, state.player.direct);
      break;
    case prop_prompt:
      g_value_set_boolean(value, state.prompt);
      break;
    case prop_latency:
      g_value_set_uint(value, state.latency_ms);
      break;
    case prop_media_timeout:
      g_value_set_uint(value, state.media_timeout_s);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

/** The task keeps the player by a reference of its own. It never pauses itself: whoever stops it may be quicker. */
void run_player(gpointer data) { (*static_cast<std::shared_ptr<Player>*>(data))->run(); }

bool begin_source(GstElement* element) {
  SourceState& state = source_state(element);
  auto options = session_options(element, state.settings, Role::play);
  if (!options) {
    GST_ELEMENT_ERROR(element, RESOURCE, NOT_FOUND, ("The host is missing"), (nullptr));
    return false;
  }
  GST_OBJECT_LOCK(element);
  options->prompt = state.prompt;
  options->media_timeout_us = state.media_timeout_s * int64_t{1'000'000};
  const PlayerOptions player_options = state.player;
  GST_OBJECT_UNLOCK(element);
  auto player = std::make_shared<Player>(element, player_options);
  auto stream = LiveStream::create(std::move(*options), player);
  player->set_stream(stream);
  GST_OBJECT_LOCK(element);
  state.settings.live = stream;
  state.running = player;
  GST_OBJECT_UNLOCK(element);
  if (!player_options.direct) {
    using Running = std::shared_ptr<Player>;
    state.task = gst_task_new(run_player, new Running(player), delete_as<Running>);
    gst_task_set_lock(state.task, &state.task_lock);
    CharPtr name(g_strdup_printf("%s:src", GST_OBJECT_NAME(element)));
    gst_object_set_name(GST_OBJECT(state.task), name.get());
    gst_task_start(state.task);
  }
  stream->start();
  return true;
}

/** Before the pads are made inactive: nobody waits any more. */
void stop_source(GstElement* element) {
  SourceState& state = source_state(element);
  if (state.running) state.running->begin_stop();
  if (state.settings.live) state.settings.live->close();
  if (state.task) gst_task_stop(state.task);
}

/** After it. */
void clear_source(GstElement* element) {
  SourceState& state = source_state(element);
  if (!state.running) return;
  state.running->flush();
  if (state.task) {
    gst_task_join(state.task);
    gst_object_unref(std::exchange(state.task, nullptr));
  }
  state.running->set_stream(nullptr);
  GST_OBJECT_LOCK(element);
  // Its counters are asked for after the end, too.
  const auto player = std::exchange(state.running, nullptr);
  state.records_left_out += player->records_left_out();
  GST_OBJECT_UNLOCK(element);
  std::vector<ObjectRef<GstPad>> pads;
  GST_OBJECT_LOCK(element);
  for (GList* at = element->srcpads; at; at = at->next) pads.push_back(ref_object(GST_PAD(at->data)));
  GST_OBJECT_UNLOCK(element);
  for (const auto& pad : pads) {
    gst_pad_set_active(pad.get(), FALSE);
    gst_element_remove_pad(element, pad.get());
  }
}

GstStateChangeReturn change_source_state(GstElement* element, GstStateChange change) {
  SourceState& state = source_state(element);
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED && !begin_source(element)) return GST_STATE_CHANGE_FAILURE;
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY) stop_source(element);
  GstStateChangeReturn result = source_parent->change_state(element, change);
  switch (change) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (result != GST_STATE_CHANGE_FAILURE) return GST_STATE_CHANGE_NO_PREROLL;
      stop_source(element);
      clear_source(element);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      if (state.running) state.running->set_playing(true);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      if (state.running) state.running->set_playing(false);
      if (result == GST_STATE_CHANGE_SUCCESS) return GST_STATE_CHANGE_NO_PREROLL;
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      clear_source(element);
      break;
    default:
      break;
  }
  return result;
}

gboolean send_source_event(GstElement* element, GstEvent* event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_EOS) return source_parent->send_event(element, event);
  GST_OBJECT_LOCK(element);
  const auto player = source_state(element).running;
  GST_OBJECT_UNLOCK(element);
  if (player) player->end_stream();
  gst_event_unref(event);
  return player != nullptr;
}

void finalize_source(GObject* object) {
  delete static_cast<RtmpSource*>(static_cast<gpointer>(object))->state;
  G_OBJECT_CLASS(source_parent)->finalize(object);
}

void add_template(GstElementClass* type, const char* name, GstCaps* caps) {
  gst_element_class_add_pad_template(type, gst_pad_template_new(name, GST_PAD_SRC, GST_PAD_SOMETIMES, caps));
  gst_caps_unref(caps);
}

void init_source_class(gpointer type, gpointer) {
  source_parent = static_cast<GstElementClass*>(g_type_class_peek_parent(type));
  auto* object = static_cast<GObjectClass*>(type);
  object->set_property = set_source_property;
  object->get_property = get_source_property;
  object->finalize = finalize_source;
  install_shared_properties(object);
  constexpr auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto track = [&](guint id, const char* name) {
    g_object_class_install_property(object, id,
                                    g_param_spec_int(name, name, "Which track goes there", 0, 255, 0, flags));
  };
  track(prop_video_track, "video-track");
  track(prop_audio_track, "audio-track");
  const auto flag = [&](guint id, const char* name, const char* blurb, gboolean fallback) {
    g_object_class_install_property(object, id, g_param_spec_boolean(name, name, blurb, fallback, flags));
  };
  flag(prop_script_data, "script-data", "Whether there is a pad `data`", FALSE);
  flag(prop_direct, "direct", "No thread of its own: only for what decodes nothing and never waits", FALSE);
  flag(prop_prompt, "prompt", "Acknowledges at once what came", TRUE);
  g_object_class_install_property(
      object, prop_latency,
      g_param_spec_uint("latency", "latency", "How much later than it came a clock shows it, ms", 0, 60'000, 200,
                        flags));
  g_object_class_install_property(
      object, prop_media_timeout,
      g_param_spec_uint("media-timeout", "media-timeout",
                        "Time for something of an accepted stream to come, s; 0: it may wait for its publisher", 0,
                        86'400, 0, flags));
  g_signal_new("media-announced", G_TYPE_FROM_CLASS(type), G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr, G_TYPE_NONE,
               2, G_TYPE_INT, G_TYPE_INT);
  auto* element = static_cast<GstElementClass*>(type);
  element->change_state = change_source_state;
  element->send_event = send_source_event;
  add_template(element, "video",
               gst_caps_from_string("video/x-h264; video/x-h265; video/x-h266; video/x-av1; video/x-vp8; video/x-vp9; "
                                    "video/x-flash-video; video/x-flash-screen; video/x-flash-screen2; "
                                    "video/x-vp6-flash; video/x-vp6-alpha"));
  add_template(element, "audio",
               gst_caps_from_string("audio/mpeg; audio/x-opus; audio/x-flac; audio/x-ac3; audio/x-eac3; audio/x-raw; "
                                    "audio/x-adpcm; audio/x-nellymoser; audio/x-alaw; audio/x-mulaw; audio/x-speex"));
  add_template(element, "data", gst_caps_from_string("application/x-rtmp-data"));
  gst_element_class_set_static_metadata(element, "RTMP source", "Source/Network", "Plays a stream of an RTMP server",
                                        "rxgst");
}

void init_source(GTypeInstance* instance, gpointer) {
  auto* self = static_cast<RtmpSource*>(static_cast<gpointer>(instance));
  self->state = new SourceState();
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

}  // namespace

GType source_type() {
  // By a name that no other copy of this library in the process has: GObject knows every name once.
  static const GType type = [] {
    CharPtr name(g_strdup_printf("RxgstRtmpSource-%p", static_cast<const void*>(&source_parent)));
    return g_type_register_static_simple(GST_TYPE_ELEMENT, name.get(), sizeof(RtmpSourceClass), init_source_class,
                                         sizeof(RtmpSource), init_source, static_cast<GTypeFlags>(0));
  }();
  return type;
}

}  // namespace rxgst::rtmp
