#include "pipeline.h"

#include <gst/video/video.h>

#include <atomic>
#include <cstring>
#include <string_view>

#include "sockets.h"

namespace rxgst {
namespace {

// A blocked event loop must not pile up repetitions: past this many waiting ones the lesser messages go, counted.
constexpr size_t most_messages = 200;

std::string text_of(const gchar* text) { return text ? text : ""; }

/** In the posting thread, which may be any. */
BusMessage read_message(GstMessage* message) {
  BusMessage result;
  GstObject* source = GST_MESSAGE_SRC(message);
  if (source) result.element = text_of(GST_OBJECT_NAME(source));
  if (source && GST_IS_ELEMENT(source)) {
    GstElementFactory* factory = gst_element_get_factory(GST_ELEMENT(source));
    if (factory) result.factory = text_of(GST_OBJECT_NAME(factory));
  }
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING: {
      GError* error = nullptr;
      gchar* debug = nullptr;
      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        result.type = "error";
        gst_message_parse_error(message, &error, &debug);
      } else {
        result.type = "warning";
        gst_message_parse_warning(message, &error, &debug);
      }
      if (error) {
        result.domain = text_of(g_quark_to_string(error->domain));
        result.code = error->code;
        result.text = text_of(error->message);
        g_error_free(error);
      }
      CharPtr owned(debug);
      result.debug = text_of(debug);
      break;
    }
    case GST_MESSAGE_EOS:
      result.type = "eos";
      break;
    default: {
      result.type = "element";
      const GstStructure* structure = gst_message_get_structure(message);
      if (!structure) break;
      result.name = text_of(gst_structure_get_name(structure));
      for (gint i = 0; i < gst_structure_n_fields(structure); ++i) {
        const gchar* field = gst_structure_nth_field_name(structure, i);
        const GValue* value = gst_structure_get_value(structure, field);
        CharPtr text(G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value) : gst_value_serialize(value));
        result.fields.emplace_back(field, text_of(text.get()));
      }
    }
  }
  return result;
}

/** Any streaming thread. Keeps what JS acts on; nothing is ever queued on the bus, which nobody reads. */
GstBusSyncReply sort_message(GstBus*, GstMessage* message, gpointer data) {
  auto& events = **static_cast<std::shared_ptr<PipelineEvents>*>(data);
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  const bool vital = type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS;
  if (vital || type == GST_MESSAGE_WARNING || type == GST_MESSAGE_ELEMENT) {
    BusMessage read = read_message(message);
    bool kept = false;
    {
      std::lock_guard lock(events.mutex);
      kept = vital || events.messages.size() < most_messages;
      if (kept) {
        events.messages.push_back(std::move(read));
      } else {
        ++events.dropped_messages;
      }
    }
    if (kept) events.bell->ring();
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

/** Takes what no one wants, so that the demuxer never stops with not-linked. Streaming thread. */
void bury(GstElement* source, GstPad* pad, const char* why) {
  ObjectRef<GstObject> parent(gst_object_get_parent(GST_OBJECT(source)));
  if (!parent || !GST_IS_BIN(parent.get())) return;
  GstElement* sink = gst_element_factory_make("fakesink", nullptr);
  if (!sink) return;
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  gst_bin_add(GST_BIN(parent.get()), sink);
  gst_element_sync_state_with_parent(sink);
  ObjectRef<GstPad> entry(gst_element_get_static_pad(sink, "sink"));
  gst_pad_link(pad, entry.get());
  CapsRef caps(gst_pad_get_current_caps(pad));
  CharPtr text(caps ? gst_caps_to_string(caps.get()) : g_strdup(""));
  CharPtr name(gst_pad_get_name(pad));
  gst_element_post_message(
      source, gst_message_new_element(GST_OBJECT(source),
                                      gst_structure_new("rxgst-unlinked", "pad", G_TYPE_STRING, name.get(), "caps",
                                                        G_TYPE_STRING, text.get(), "reason", G_TYPE_STRING, why, nullptr)));
}

void pad_added(GstElement* source, GstPad* pad, gpointer data) {
  auto& late = **static_cast<std::shared_ptr<LateLinks>*>(data);
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  CharPtr name(gst_pad_get_name(pad));
  GstElement* target = nullptr;
  {
    std::lock_guard lock(late.mutex);
    for (LateLink& link : late.links) {
      if (link.pad == name.get()) target = link.target.get();
    }
  }
  if (late.timeline) {
    const bool video = std::string_view(name.get()) == "video";
    if (video) late.timeline->expect_picture();
    late.timeline->watch_packets(pad, video ? Track::video : Track::audio);
  }
  if (!target) {
    bury(source, pad, "no branch");
    return;
  }
  ObjectRef<GstPad> entry(gst_element_get_static_pad(target, "sink"));
  if (!entry || gst_pad_is_linked(entry.get())) {
    bury(source, pad, "branch taken");
    return;
  }
  const GstPadLinkReturn linked = gst_pad_link(pad, entry.get());
  if (GST_PAD_LINK_FAILED(linked)) bury(source, pad, gst_pad_link_get_name(linked));
}

/**
 * Waits until the source's streaming thread is not in its create(): librtmp's rtmpsrc closes its connection in unlock(),
 * under the feet of a read, which crashes (gstrtmpsrc.c:672). The thread is caught behind its next buffer; where none
 * comes, the read ends by librtmp's own time-out. Worker thread; however long it takes, since nothing else is safe.
 */
void quiesce(GstElement* source) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(source, &state, nullptr, 0);
  ObjectRef<GstPad> pad(gst_element_get_static_pad(source, "src"));
  if (!pad || state < GST_STATE_PAUSED) return;
  auto caught = std::make_shared<std::atomic<bool>>(false);
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo*, gpointer data) {
        **static_cast<std::shared_ptr<std::atomic<bool>>*>(data) = true;
        return GST_PAD_PROBE_OK;
      },
      new std::shared_ptr<std::atomic<bool>>(caught),
      [](gpointer data) { delete static_cast<std::shared_ptr<std::atomic<bool>>*>(data); });
  while (!*caught && gst_pad_get_task_state(pad.get()) == GST_TASK_STARTED) g_usleep(5000);
}

double field(const GstStructure* structure, const char* name) {
  guint64 wide = 0;
  if (gst_structure_get_uint64(structure, name, &wide)) return static_cast<double>(wide);
  guint narrow = 0;
  return gst_structure_get_uint(structure, name, &narrow) ? narrow : 0;
}

}  // namespace

Napi::Function Pipeline::define(Napi::Env env) {
  return DefineClass(
      env, "Pipeline",
      {InstanceMethod("setState", &Pipeline::set_state), InstanceMethod("sendEos", &Pipeline::send_eos),
       InstanceMethod("requestKeyframe", &Pipeline::request_keyframe), InstanceMethod("linkLate", &Pipeline::link_late),
       InstanceMethod("takeEvents", &Pipeline::take_events),
       InstanceMethod("droppedMessages", &Pipeline::dropped_messages), InstanceMethod("close", &Pipeline::close)});
}

// What a pipeline costs outside V8's heap, as far as V8 is told: node-gtk's wrappers are small, so without it V8 sees no
// reason to collect a hundred stopped pipelines. Eight to sixteen of them start a collection.
constexpr int64_t pipeline_bytes = int64_t{4} << 20;

/** new Pipeline(gstPipeline, onEvent): onEvent when messages wait or state changes are done. */
Pipeline::Pipeline(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pipeline>(info) {
  pipeline_ = ref_object(pointer_argument<GstElement>(info[0]));
  events_ = std::make_shared<PipelineEvents>();
  events_->bell = Bell::create(info.Env(), info[1].As<Napi::Function>(), "rxgst pipeline");
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), pipeline_bytes);
  ObjectRef<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), sort_message, new std::shared_ptr<PipelineEvents>(events_),
                           [](gpointer data) { delete static_cast<std::shared_ptr<PipelineEvents>*>(data); });
}

Pipeline::~Pipeline() {
  close_now();
  Napi::MemoryManagement::AdjustExternalMemory(Env(), -pipeline_bytes);
}

void Pipeline::close_now() {
  if (!pipeline_) return;
  events_->bell->close();
  GstElement* pipeline = pipeline_.release();
  run_detached([pipeline] {
    // The bus goes now, and with it two file descriptors: JS's wrapper of the pipeline may live until some collection.
    gst_element_set_bus(pipeline, nullptr);
    // The last reference may dispose of elements, which joins threads: never on the JS thread.
    gst_object_unref(pipeline);
  });
}

uint32_t Pipeline::enqueue(std::function<bool()> work) {
  const uint32_t id = next_id_++;
  run_detached([events = events_, id, work = std::move(work)] {
    const bool ok = work();
    {
      std::lock_guard lock(events->mutex);
      events->done.push_back({id, ok});
    }
    events->bell->ring();
  });
  return id;
}

/** setState('NULL' | 'READY' | 'PAUSED' | 'PLAYING'): a number that takeDone() names when GStreamer has returned. */
Napi::Value Pipeline::set_state(const Napi::CallbackInfo& info) {
  if (!pipeline_) return throw_error(info.Env(), "closed");
  const std::string name = info[0].As<Napi::String>();
  const GstState state = name == "NULL"     ? GST_STATE_NULL
                         : name == "READY"  ? GST_STATE_READY
                         : name == "PAUSED" ? GST_STATE_PAUSED
                                            : GST_STATE_PLAYING;
  // The pointer is wrapped so that std::function can copy it; the worker's reference outlives this wrapper.
  std::shared_ptr<GstElement> pipeline(GST_ELEMENT(gst_object_ref(pipeline_.get())), ObjectUnref());
  std::shared_ptr<GstElement> source;
  if (!info[1].IsUndefined() && !info[1].IsNull()) {
    source.reset(GST_ELEMENT(gst_object_ref(pointer_argument<GstElement>(info[1]))), ObjectUnref());
  }
  return Napi::Number::New(info.Env(), enqueue([pipeline, state, source, changing = changing_] {
                             // One after the other: a source that is still connecting has no thread to wait for yet.
                             std::lock_guard lock(*changing);
                             if (source) quiesce(source.get());
                             const bool ok = gst_element_set_state(pipeline.get(), state) != GST_STATE_CHANGE_FAILURE;
                             if (state == GST_STATE_NULL) close_orphans();
                             return ok;
                           }));
}

/** sendEos(): end-of-stream into the pipeline's sources, by a worker. */
Napi::Value Pipeline::send_eos(const Napi::CallbackInfo& info) {
  if (!pipeline_) return throw_error(info.Env(), "closed");
  std::shared_ptr<GstElement> pipeline(GST_ELEMENT(gst_object_ref(pipeline_.get())), ObjectUnref());
  return Napi::Number::New(info.Env(),
                           enqueue([pipeline] { return gst_element_send_event(pipeline.get(), gst_event_new_eos()); }));
}

/** requestKeyframe(element): a force-key-unit event upstream from the element's sink pad, by a worker. */
Napi::Value Pipeline::request_keyframe(const Napi::CallbackInfo& info) {
  if (!pipeline_) return throw_error(info.Env(), "closed");
  std::shared_ptr<GstElement> element(GST_ELEMENT(gst_object_ref(pointer_argument<GstElement>(info[0]))),
                                      ObjectUnref());
  return Napi::Number::New(info.Env(), enqueue([element] {
                             ObjectRef<GstPad> pad(gst_element_get_static_pad(element.get(), "sink"));
                             return pad && gst_pad_push_event(pad.get(), gst_video_event_new_upstream_force_key_unit(
                                                                             GST_CLOCK_TIME_NONE, TRUE, 0));
                           }));
}

/** linkLate(element, [[pad, target] …], timeline | null): pads that appear later lead to target's sink. */
Napi::Value Pipeline::link_late(const Napi::CallbackInfo& info) {
  auto late = std::make_shared<LateLinks>();
  late->source = ref_object(pointer_argument<GstElement>(info[0]));
  auto links = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < links.Length(); ++i) {
    auto link = links.Get(i).As<Napi::Array>();
    late->links.push_back({link.Get(0u).As<Napi::String>(), ref_object(pointer_argument<GstElement>(link.Get(1u)))});
  }
  if (info[2].IsObject()) late->timeline = Timeline::Unwrap(info[2].As<Napi::Object>())->state();
  GstElement* source = late->source.get();
  // The closure must not own its own emitter: that would be a cycle.
  late->source.reset();
  g_signal_connect_data(source, "pad-added", G_CALLBACK(pad_added), new std::shared_ptr<LateLinks>(late),
                        [](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<LateLinks>*>(data); },
                        static_cast<GConnectFlags>(0));
  return info.Env().Undefined();
}

/** takeEvents(): { done: [[id, ok] …], messages: [{ type, element, factory, … } …] }, oldest first. */
Napi::Value Pipeline::take_events(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::deque<PipelineEvents::Done> done;
  std::deque<BusMessage> messages;
  {
    std::lock_guard lock(events_->mutex);
    done.swap(events_->done);
    messages.swap(events_->messages);
  }
  auto finished = Napi::Array::New(env, done.size());
  uint32_t index = 0;
  for (const auto& item : done) {
    auto pair = Napi::Array::New(env, 2);
    pair[0u] = item.id;
    pair[1u] = Napi::Boolean::New(env, item.ok);
    finished[index++] = pair;
  }
  auto heard = Napi::Array::New(env, messages.size());
  index = 0;
  for (const BusMessage& message : messages) {
    auto object = Napi::Object::New(env);
    object["type"] = message.type;
    object["element"] = message.element;
    object["factory"] = message.factory;
    object["domain"] = message.domain;
    object["code"] = message.code;
    object["text"] = message.text;
    object["debug"] = message.debug;
    object["name"] = message.name;
    auto fields = Napi::Object::New(env);
    for (const auto& [name, value] : message.fields) fields[name] = value;
    object["fields"] = fields;
    heard[index++] = object;
  }
  auto result = Napi::Object::New(env);
  result["done"] = finished;
  result["messages"] = heard;
  return result;
}

Napi::Value Pipeline::dropped_messages(const Napi::CallbackInfo& info) {
  std::lock_guard lock(events_->mutex);
  return Napi::Number::New(info.Env(), static_cast<double>(events_->dropped_messages));
}

Napi::Value Pipeline::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

Napi::Value transport_stats(const Napi::CallbackInfo& info) {
  auto* element = pointer_argument<GstElement>(info[0]);
  if (!g_object_class_find_property(G_OBJECT_GET_CLASS(element), "stats")) return info.Env().Null();
  GstStructure* raw = nullptr;
  g_object_get(element, "stats", &raw, nullptr);
  if (!raw) return info.Env().Null();
  StructurePtr stats(raw);
  auto result = Napi::Object::New(info.Env());
  result["inBytes"] = field(raw, "in-bytes-total");
  result["outBytes"] = field(raw, "out-bytes-total");
  result["outBytesAcked"] = field(raw, "out-bytes-acked");
  return result;
}

/** loadFactories(names, done): loads their plugins in a worker; done(names of elements that are not there). */
Napi::Value load_factories(const Napi::CallbackInfo& info) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto missing = std::make_shared<std::vector<std::string>>();
  auto list = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) names->push_back(list.Get(i).As<Napi::String>());
  auto done = Napi::ThreadSafeFunction::New(info.Env(), info[1].As<Napi::Function>(), "rxgst load", 0, 1);
  run_detached([names, missing, done]() mutable {
    for (const std::string& name : *names) {
      ObjectRef<GstElementFactory> factory(gst_element_factory_find(name.c_str()));
      ObjectRef<GstPluginFeature> feature(factory ? gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get()))
                                                  : nullptr);
      if (!feature) missing->push_back(name);
      // The class too: its first instance registers types and, in libav, walks all codecs.
      if (feature) {
        if (gpointer type = g_type_class_ref(gst_element_factory_get_element_type(GST_ELEMENT_FACTORY(feature.get())))) {
          g_type_class_unref(type);
        }
      }
    }
    done.NonBlockingCall([missing](Napi::Env env, Napi::Function callback) {
      auto result = Napi::Array::New(env, missing->size());
      for (uint32_t i = 0; i < missing->size(); ++i) result[i] = (*missing)[i];
      callback.Call({result});
    });
    done.Release();
  });
  return info.Env().Undefined();
}

}  // namespace rxgst
