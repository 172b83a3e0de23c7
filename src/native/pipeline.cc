#include "pipeline.h"

#include <gst/video/video.h>

#include <cstring>
#include <string_view>

namespace rxgst {
namespace {

// What JS reads on its next turn anyway: past this many a blocked event loop would only pile up repetitions.
constexpr guint most_messages = 200;

/** Any streaming thread. Passes what JS acts on, drops the rest: a bus that nobody reads grows without limit. */
GstBusSyncReply sort_message(GstBus*, GstMessage* message, gpointer data) {
  auto& events = **static_cast<std::shared_ptr<PipelineEvents>*>(data);
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_EOS:
      break;
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_INFO:
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_CLOCK_LOST:
      if (events.unread.fetch_add(1) >= most_messages) {
        events.dropped_messages.fetch_add(1);
        gst_message_unref(message);
        return GST_BUS_DROP;
      }
      break;
    default:
      gst_message_unref(message);
      return GST_BUS_DROP;
  }
  // Into a bus of our own, and only then the bell: the pipeline's bus would queue it after this function has returned,
  // when JS may have looked already.
  gst_bus_post(events.mailbox.get(), message);
  events.bell->ring();
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
  if (std::string_view(name.get()) == "video" && late.timeline) late.timeline->expect_picture();
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
       InstanceMethod("takeDone", &Pipeline::take_done),
       InstanceMethod("droppedMessages", &Pipeline::dropped_messages), InstanceMethod("close", &Pipeline::close)});
}

/** new Pipeline(gstPipeline, mailbox, onEvent): onEvent when messages wait in the mailbox or state changes are done. */
Pipeline::Pipeline(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pipeline>(info) {
  pipeline_ = ref_object(pointer_argument<GstElement>(info[0]));
  events_ = std::make_shared<PipelineEvents>();
  events_->bell = Bell::create(info.Env(), info[2].As<Napi::Function>(), "rxgst pipeline");
  events_->mailbox = ref_object(pointer_argument<GstBus>(info[1]));
  ObjectRef<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), sort_message, new std::shared_ptr<PipelineEvents>(events_),
                           [](gpointer data) { delete static_cast<std::shared_ptr<PipelineEvents>*>(data); });
}

Pipeline::~Pipeline() { close_now(); }

void Pipeline::close_now() {
  if (!pipeline_) return;
  events_->bell->close();
  // The sync handler stays: it keeps dropping what nobody reads, and goes with the bus.
  GstElement* pipeline = pipeline_.release();
  // The last reference may dispose of elements, which joins threads: never on the JS thread.
  run_detached([pipeline] { gst_object_unref(pipeline); });
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
  return Napi::Number::New(info.Env(), enqueue([pipeline, state] {
                             return gst_element_set_state(pipeline.get(), state) != GST_STATE_CHANGE_FAILURE;
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

/** takeDone(): [[id, ok] …]. JS calls it when it has read the bus. */
Napi::Value Pipeline::take_done(const Napi::CallbackInfo& info) {
  events_->unread = 0;
  std::deque<PipelineEvents::Done> done;
  {
    std::lock_guard lock(events_->mutex);
    done.swap(events_->done);
  }
  auto result = Napi::Array::New(info.Env(), done.size());
  uint32_t index = 0;
  for (const auto& item : done) {
    auto pair = Napi::Array::New(info.Env(), 2);
    pair[0u] = item.id;
    pair[1u] = Napi::Boolean::New(info.Env(), item.ok);
    result[index++] = pair;
  }
  return result;
}

Napi::Value Pipeline::dropped_messages(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(events_->dropped_messages.load()));
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
