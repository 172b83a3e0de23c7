#include "pipeline/pipeline.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <atomic>
#include <string_view>

#include "gi/door.h"
#include "gst/caps.h"
#include "gst/library.h"
#include "gst/probe.h"
#include "js/names.h"
#include "pipeline/live_graph.h"
#include "pipeline/property.h"
#include "rtmp/sockets.h"

namespace rxgst {
namespace {

// A property is a moment's work. Where an element's own lock is held for longer, by a streaming thread that waits for
// its peer, JS goes on: the value is set when the lock is free.
constexpr int set_wait_ms = 20;
// A value that is read must be there; an element that keeps it for longer is stuck.
constexpr int get_wait_ms = 500;

/** In GStreamer's order, which begins with the state that is none. */
constexpr Names<GstState, 5> state_names("", "NULL", "READY", "PAUSED", "PLAYING");

/**
 * Waits until the source's streaming thread is not in its create(): librtmp's rtmpsrc closes its connection in
 * unlock(), under the feet of a read, which crashes (gstrtmpsrc.c:672). The thread is caught behind its next buffer;
 * where none comes, the read ends with its relay, or by librtmp's own time-out. Whoever does not take its last buffer
 * holds it as well, and lets go with FLUSHING, after which it reads no more. Worker thread; however long it takes,
 * since nothing else is safe.
 */
void wait_until_idle(GstElement* source) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(source, &state, nullptr, 0);
  ObjectRef<GstPad> pad(gst_element_get_static_pad(source, "src"));
  if (!pad || state < GST_STATE_PAUSED) return;
  auto caught = std::make_shared<std::atomic<bool>>(false);
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, [caught](GstPad*, GstPadProbeInfo*) {
    *caught = true;
    return GST_PAD_PROBE_OK;
  });
  // From here on no second buffer passes: what is taken all the while is one and the same.
  for (int held = 0; held < 20 && !*caught && gst_pad_get_task_state(pad.get()) == GST_TASK_STARTED;) {
    held = is_held(source) ? held + 1 : 0;
    g_usleep(5000);
  }
}

/** Worker thread. */
bool change_state(GstElement* pipeline, GstState state) {
  if (state > GST_STATE_READY) {
    SocketWatch watch(pipeline);
    return gst_element_set_state(pipeline, state) != GST_STATE_CHANGE_FAILURE;
  }
  cut_sources(pipeline);
  const bool ok = gst_element_set_state(pipeline, state) != GST_STATE_CHANGE_FAILURE;
  close_sockets(pipeline);
  return ok;
}

struct IteratorFree {
  void operator()(GstIterator* iterator) const { gst_iterator_free(iterator); }
};

/** The pipeline's own elements, in bins too. */
void for_each_element(GstIterator* raw, const std::function<void(GstElement*)>& visit) {
  std::unique_ptr<GstIterator, IteratorFree> iterator(raw);
  if (!iterator) return;
  GValue item = G_VALUE_INIT;
  for (;;) {
    switch (gst_iterator_next(iterator.get(), &item)) {
      case GST_ITERATOR_OK:
        visit(GST_ELEMENT(g_value_get_object(&item)));
        g_value_reset(&item);
        break;
      case GST_ITERATOR_RESYNC:
        gst_iterator_resync(iterator.get());
        break;
      default:
        if (G_IS_VALUE(&item)) g_value_unset(&item);
        return;
    }
  }
}

/**
 * Whether something is lost when the stream is cut off: a muxer writes its index last, a sink keeps what it has not
 * written. Screens, speakers and what goes to JS lose nothing.
 */
bool wants_end_of_stream(GstElement* pipeline) {
  bool wants = false;
  for_each_element(gst_bin_iterate_recurse(GST_BIN(pipeline)), [&](GstElement* element) {
    const std::string_view klass = klass_of(element);
    if (klass.find("Muxer") != std::string_view::npos) wants = true;
    if (klass.find("Sink") == std::string_view::npos || GST_IS_BIN(element)) return;
    const std::string_view name = factory_name(element);
    const bool shows =
        klass == "Sink/Video" || klass == "Sink/Audio" || name.substr(0, 4) == "fake" || name == "appsink";
    if (!shows) wants = true;
  });
  return wants;
}

}  // namespace

Napi::Function Pipeline::define(Napi::Env env) {
  return DefineClass(
      env, "Pipeline",
      {InstanceMethod("element", &Pipeline::element), InstanceMethod("setState", &Pipeline::set_state),
       InstanceMethod("endSources", &Pipeline::end_sources), InstanceMethod("wantsEnd", &Pipeline::wants_end),
       InstanceMethod("requestKeyframe", &Pipeline::request_keyframe), InstanceMethod("get", &Pipeline::get_property),
       InstanceMethod("set", &Pipeline::set_properties), InstanceMethod("pads", &Pipeline::pads),
       InstanceMethod("counts", &Pipeline::counts), InstanceMethod("standstill", &Pipeline::standstill),
       InstanceMethod("held", &Pipeline::held), InstanceMethod("dot", &Pipeline::dot),
       InstanceMethod("introspect", &Pipeline::introspect), InstanceMethod("takeMessages", &Pipeline::take_messages),
       InstanceMethod("stop", &Pipeline::stop), InstanceMethod("stopped", &Pipeline::stopped),
       InstanceMethod("droppedMessages", &Pipeline::dropped_messages), InstanceMethod("mute", &Pipeline::mute),
       InstanceMethod("close", &Pipeline::close)});
}

// What a pipeline costs outside V8's heap, as far as V8 is told: its own objects are small, so without it V8 sees no
// reason to collect a hundred stopped pipelines. Eight to sixteen of them start a collection.
constexpr int64_t pipeline_bytes = int64_t{4} << 20;

Napi::Value build_pipeline(const Napi::CallbackInfo& info) {
  // Where a graph is made before its start, the JS thread waits here.
  if (const std::string why = begin_gstreamer(); !why.empty()) return throw_error(info.Env(), why.c_str());
  auto built = std::make_unique<Built>();
  const std::optional<BuildError> build_error = build(info[0].As<Napi::Object>(), info[1], built.get());
  if (build_error) {
    // Elements that were never started, all the same: some join a thread when they go.
    run_detached([rest = std::shared_ptr<Built>(std::move(built))]() mutable { rest.reset(); });
    return build_error->to_js(info.Env());
  }
  auto* constructors = static_cast<Napi::FunctionReference*>(info.Data());
  return constructors->New({Napi::External<Built>::New(info.Env(), built.get()), info[2], info[3]});
}

/** new Pipeline(built, onEvent, allMessages), by build_pipeline alone: onEvent when messages wait or work is done. */
Pipeline::Pipeline(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pipeline>(info) {
  built_ = std::move(*info[0].As<Napi::External<Built>>().Data());
  events_ = std::make_shared<PipelineEvents>();
  events_->all = info[2].ToBoolean().Value();
  events_->wakeup = Wakeup::create(info.Env(), info[1].As<Napi::Function>(), "rxgst pipeline",
                                   [weak = std::weak_ptr(events_)](Napi::Env env) {
                                     if (const auto events = weak.lock()) events->completions.settle(env);
                                   });
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), pipeline_bytes);
  listen(built_.pipeline.get(), events_);
}

Pipeline::~Pipeline() {
  close_now();
  int64_t all = 0;
  napi_adjust_external_memory(Env(), -pipeline_bytes, &all);
}

void Pipeline::close_now() {
  if (!built_.pipeline) return;
  events_->wakeup->close();
  auto rest = std::make_shared<Built>(std::move(built_));
  built_ = Built();
  // From now on the handles of JS name nothing; the references themselves end on a worker.
  rest->elements = std::make_shared<Elements>(std::exchange(*rest->elements, {}));
  *closed_ = true;
  run_detached([rest, changing = changing_]() mutable {
    {
      std::unique_lock lock(*changing, std::try_to_lock);
      if (!lock) {
        // A change of its state is stuck: what costs descriptors goes first.
        gst_element_set_bus(rest->pipeline.get(), nullptr);
        lock.lock();
      }
      // Nobody stopped it: its environment ended (a worker was terminated), or its owner forgot it.
      if (GST_STATE(rest->pipeline.get()) != GST_STATE_NULL ||
          GST_STATE_PENDING(rest->pipeline.get()) > GST_STATE_NULL) {
        for_each_element(gst_bin_iterate_sources(GST_BIN(rest->pipeline.get())), [](GstElement* source) {
          if (factory_name(source) == "rtmpsrc") wait_until_idle(source);
        });
        change_state(rest->pipeline.get(), GST_STATE_NULL);
      }
    }
    // The bus goes now, and with it two file descriptors.
    gst_element_set_bus(rest->pipeline.get(), nullptr);
    // The last references may dispose of elements, which joins threads: never on the JS thread.
    rest.reset();
  });
}

Napi::Value Pipeline::promise(Napi::Env env, std::function<bool()> work) {
  Completions<bool>::Ticket ticket;
  const Napi::Value promise = events_->completions.open(env, &ticket);
  run_detached([events = events_, ticket, work = std::move(work)] {
    events->completions.done(ticket, work());
    events->wakeup->wake();
  });
  return promise;
}

GstElement* Pipeline::find(const std::string& name) {
  auto found = built_.elements->find(name);
  return found == built_.elements->end() ? nullptr : found->second.get();
}

GstElement* Pipeline::find(const Napi::Value& name) { return find(name.As<Napi::String>().Utf8Value()); }

/** References for a worker, on those that there are. */
std::vector<std::shared_ptr<GstElement>> Pipeline::find_all(const Napi::Value& names) {
  std::vector<std::shared_ptr<GstElement>> all;
  if (!names.IsArray()) return all;
  auto list = names.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    if (GstElement* element = find(list.Get(i))) all.push_back(ref_object(element));
  }
  return all;
}

bool Pipeline::touch(std::function<void()> work, int ms) {
  if (started_) return strand_->run(std::move(work), ms);
  work();
  return true;
}

/** element(name): a handle of it; null: there is none. */
Napi::Value Pipeline::element(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  return find(name) ? element_handle(info.Env(), built_.elements, name) : info.Env().Null();
}

/** In a worker, after the changes that are on their way: a source that still connects has no thread to wait for yet. */
std::function<bool()> Pipeline::change_to(GstState state, std::vector<std::shared_ptr<GstElement>> stop_when_idle) {
  started_ = true;
  // The pointer is wrapped so that std::function can copy it; the worker's reference outlives this wrapper.
  std::shared_ptr<GstElement> pipeline = ref_object(built_.pipeline.get());
  return [pipeline, state, stop_when_idle = std::move(stop_when_idle), changing = changing_, closed = closed_] {
    std::lock_guard lock(*changing);
    // Its owner is gone: it is to stop, not to begin.
    if (*closed && state > GST_STATE_READY) return false;
    for (const auto& source : stop_when_idle) wait_until_idle(source.get());
    return change_state(pipeline.get(), state);
  };
}

/** setState('READY' | 'PAUSED' | 'PLAYING'): a promise of whether it went well, for when GStreamer has returned. */
Napi::Value Pipeline::set_state(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return throw_error(info.Env(), "closed");
  return promise(info.Env(), change_to(state_names.of(info[0]), {}));
}

/**
 * stop(stop_when_idle?): to NULL. No promise: blocking iterators stop pipelines and let none resolve. It wakes JS,
 * which asks stopped().
 */
Napi::Value Pipeline::stop(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return throw_error(info.Env(), "closed");
  run_detached([events = events_, work = change_to(GST_STATE_NULL, find_all(info[0]))] {
    work();
    events->stopped = true;
    events->wakeup->wake();
  });
  return info.Env().Undefined();
}

Napi::Value Pipeline::stopped(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), events_->stopped);
}

/** endSources(but?): end-of-stream out of every other source, behind what an appsrc has queued; a promise. */
Napi::Value Pipeline::end_sources(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return throw_error(info.Env(), "closed");
  std::shared_ptr<GstElement> pipeline = ref_object(built_.pipeline.get());
  return promise(info.Env(), [pipeline, but = find_all(info[0])] {
    for_each_element(gst_bin_iterate_sources(GST_BIN(pipeline.get())), [&](GstElement* source) {
      const auto is_source = [&](const auto& each) { return each.get() == source; };
      if (std::any_of(but.begin(), but.end(), is_source)) return;
      if (GST_IS_APP_SRC(source)) {
        gst_app_src_end_of_stream(GST_APP_SRC(source));
      } else {
        gst_element_send_event(source, gst_event_new_eos());
      }
    });
    return true;
  });
}

/** wantsEnd(): whether something is lost when the stream is cut off instead of ended. */
Napi::Value Pipeline::wants_end(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), built_.pipeline && wants_end_of_stream(built_.pipeline.get()));
}

/** requestKeyframe(element): a force-key-unit event upstream from the element's sink pad, by a worker. */
Napi::Value Pipeline::request_keyframe(const Napi::CallbackInfo& info) {
  GstElement* found = find(info[0]);
  if (!found) return throw_error(info.Env(), "no such element");
  std::shared_ptr<GstElement> element = ref_object(found);
  run_detached([element] {
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element.get(), "sink"));
    if (pad) gst_pad_push_event(pad.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  });
  return info.Env().Undefined();
}

/** get(element, property): { value }, { build_error }, or {} where the element did not answer in time. */
Napi::Value Pipeline::get_property(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  GstElement* element = find(info[0]);
  if (!element) return result;
  Reading reading;
  if (const std::optional<BuildError> build_error =
          prepare_reading(element, info[0].As<Napi::String>(), info[1].As<Napi::String>(), &reading)) {
    result["build_error"] = build_error->to_js(env);
    return result;
  }
  struct Read {
    Reading reading;
    JsValue value;
  };
  auto read = std::make_shared<Read>(Read{std::move(reading), {}});
  if (!touch([read] { read->value = read_property(read->reading); }, get_wait_ms)) return result;
  // "None" of 64 bits is a number like any other here.
  const auto* wide = std::get_if<uint64_t>(&read->value);
  result["value"] = wide && *wide == UINT64_MAX ? Napi::Value(Napi::BigInt::New(env, *wide)) : to_js(env, read->value);
  return result;
}

/** set(element, [[property, value] …]): { late } when all are set or (late) about to be; { build_error } when none is.
 */
Napi::Value Pipeline::set_properties(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  GstElement* element = find(info[0]);
  if (!element) return result;
  auto settings = std::make_shared<std::vector<Setting>>();
  auto list = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    auto pair = list.Get(i).As<Napi::Array>();
    Setting setting;
    if (const std::optional<BuildError> build_error =
            prepare_setting(element, info[0].As<Napi::String>(), pair.Get(0u).As<Napi::String>(),
                            given_of(pair.Get(1u)), started_, &setting)) {
      result["build_error"] = build_error->to_js(env);
      return result;
    }
    settings->push_back(std::move(setting));
  }
  const bool done = touch(
      [settings] {
        for (const Setting& setting : *settings) {
          g_object_set_property(G_OBJECT(setting.object.get()), setting.name.c_str(), setting.value.get());
        }
      },
      set_wait_ms);
  result["late"] = Napi::Boolean::New(env, !done);
  return result;
}

/** pads(element): { now: names of its pads, later: name templates of those it may get }. */
Napi::Value Pipeline::pads(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<std::string> now, later;
  if (GstElement* element = find(info[0])) {
    GST_OBJECT_LOCK(element);
    for (GList* at = GST_ELEMENT_PADS(element); at; at = at->next) now.emplace_back(GST_OBJECT_NAME(at->data));
    GST_OBJECT_UNLOCK(element);
    for (GList* at = gst_element_get_pad_template_list(element); at; at = at->next) {
      auto* pattern = static_cast<GstPadTemplate*>(at->data);
      if (GST_PAD_TEMPLATE_PRESENCE(pattern) != GST_PAD_ALWAYS)
        later.emplace_back(GST_PAD_TEMPLATE_NAME_TEMPLATE(pattern));
    }
  }
  const auto list = [&](const std::vector<std::string>& names) {
    auto array = Napi::Array::New(env, names.size());
    for (uint32_t i = 0; i < names.size(); ++i) array[i] = names[i];
    return array;
  };
  auto result = Napi::Object::New(env);
  result["now"] = list(now);
  result["later"] = list(later);
  return result;
}

/** counts('element.pad'): what went over it since the start; null: no such pad so far. */
Napi::Value Pipeline::counts(const Napi::CallbackInfo& info) {
  return built_.pads ? built_.pads->read(info.Env(), info[0].As<Napi::String>()) : info.Env().Null();
}

/** standstill(): { held, starved, queue, buffers (over all pads) } of a graph that can never go on; null: it may. */
Napi::Value Pipeline::standstill(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Standstill found;
  if (!built_.pipeline || !find_standstill(built_.pipeline.get(), &found)) return env.Null();
  auto result = Napi::Object::New(env);
  result["held"] = found.held;
  result["starved"] = found.starved;
  result["queue"] = text_or_null(env, found.queue);
  result["buffers"] = built_.pads ? static_cast<double>(built_.pads->total()) : 0.0;
  return result;
}

/** held(source): whether what it brings is being taken just now. */
Napi::Value Pipeline::held(const Napi::CallbackInfo& info) {
  GstElement* source = find(info[0]);
  return Napi::Boolean::New(info.Env(), source && is_held(source));
}

/** dot(): the pipeline as it is now, for Graphviz; null where it does not answer. */
Napi::Value Pipeline::dot(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return info.Env().Null();
  auto text = std::make_shared<std::string>();
  std::shared_ptr<GstElement> pipeline(GST_ELEMENT(gst_object_ref(built_.pipeline.get())), ObjectUnref());
  const bool done = touch(
      [text, pipeline] {
        *text = CharPtr(gst_debug_bin_to_dot_data(GST_BIN(pipeline.get()), GST_DEBUG_GRAPH_SHOW_ALL)).get();
      },
      get_wait_ms);
  return done ? Napi::Value(Napi::String::New(info.Env(), *text)) : info.Env().Null();
}

/** introspect(): shows the pipeline at the door to node-gtk; false: it is closed, or nobody has opened the door. */
Napi::Value Pipeline::introspect(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), built_.pipeline && show_at_door(GST_OBJECT(built_.pipeline.get())));
}

/** takeMessages(): [{ type, element, factory, … } …], oldest first. */
Napi::Value Pipeline::take_messages(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::deque<BusMessage> messages;
  {
    std::lock_guard lock(events_->mutex);
    messages.swap(events_->messages);
  }
  auto heard = Napi::Array::New(env, messages.size());
  uint32_t index = 0;
  for (const BusMessage& message : messages) heard[index++] = message.to_js(env);
  return heard;
}

Napi::Value Pipeline::dropped_messages(const Napi::CallbackInfo& info) {
  std::lock_guard lock(events_->mutex);
  return Napi::Number::New(info.Env(), static_cast<double>(events_->dropped_messages));
}

/**
 * mute(): nothing is told any more, and the process may end; elements can still be read, until close(). What is still
 * on its way has come to nothing.
 */
Napi::Value Pipeline::mute(const Napi::CallbackInfo& info) {
  events_->completions.close(info.Env(), false);
  events_->wakeup->close();
  return info.Env().Undefined();
}

Napi::Value Pipeline::close(const Napi::CallbackInfo& info) {
  events_->completions.close(info.Env(), false);
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
