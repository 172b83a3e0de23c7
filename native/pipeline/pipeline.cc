#include "pipeline/pipeline.h"

#include <functional>

#include "gi/door.h"
#include "gst/caps.h"
#include "gst/forced_keyframe.h"
#include "gst/library.h"
#include "js/names.h"
#include "pipeline/lifecycle.h"
#include "pipeline/live_graph.h"
#include "pipeline/property.h"

namespace rxgst {
namespace {

// A write of a property takes a moment. If a streaming thread that waits for its peer holds the element's lock for
// longer, JS goes on: the value is set when the lock is free.
constexpr int set_wait_ms = 20;
// A value that is read must be there; an element that takes longer is stuck.
constexpr int get_wait_ms = 500;

/** In GStreamer's order, which begins with "no state". */
constexpr Names<GstState, 5> state_names("", "NULL", "READY", "PAUSED", "PLAYING");

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

// The memory of a pipeline outside of V8's heap, as V8 is told. The JS objects are small: without this number V8 would
// not collect a hundred stopped pipelines. Eight to sixteen pipelines start a collection.
constexpr int64_t pipeline_bytes = int64_t{4} << 20;

Napi::Value build_pipeline(const Napi::CallbackInfo& info) {
  // If a graph is made before its start, the JS thread waits here.
  if (const std::string why = begin_gstreamer(); !why.empty()) return throw_error(info.Env(), why.c_str());
  auto built = std::make_unique<Built>();
  const std::optional<BuildError> build_error = build(info[0].As<Napi::Object>(), info[1], built.get());
  if (build_error) {
    // Even elements that were never started: some join a thread when they are disposed of.
    run_detached([rest = std::shared_ptr<Built>(std::move(built))]() mutable { rest.reset(); });
    return build_error->to_js(info.Env());
  }
  auto* constructors = static_cast<Napi::FunctionReference*>(info.Data());
  return constructors->New({Napi::External<Built>::New(info.Env(), built.get()), info[2], info[3]});
}

/**
 * new Pipeline(built, onEvent, allMessages), called by build_pipeline alone. onEvent: messages wait, or work is done.
 */
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
  // Moved: a reference of this thread could be the last one, when the worker is quick.
  run_detached([rest = std::move(rest), changing = changing_]() mutable {
    stop_abandoned(rest->pipeline.get(), *changing);
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

/** References for a worker, on those elements that exist. */
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

/** element(name): its handle; null: there is no such element. */
Napi::Value Pipeline::element(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  return find(name) ? element_handle(info.Env(), built_.elements, name) : info.Env().Null();
}

/** Runs on a worker, after earlier changes: a source that still connects has no thread to wait for. */
std::function<bool()> Pipeline::change_to(GstState state, std::vector<std::shared_ptr<GstElement>> stop_when_idle) {
  started_ = true;
  // A shared_ptr, so that std::function can copy it; the worker's reference outlives this wrapper.
  std::shared_ptr<GstElement> pipeline = ref_object(built_.pipeline.get());
  return [pipeline, state, stop_when_idle = std::move(stop_when_idle), changing = changing_, closed = closed_] {
    std::lock_guard lock(*changing);
    // Its owner has closed it: it may stop, and not begin.
    if (*closed && state > GST_STATE_READY) return false;
    for (const auto& source : stop_when_idle) wait_until_idle(source.get());
    return change_state(pipeline.get(), state);
  };
}

/** setState('READY' | 'PAUSED' | 'PLAYING'): a promise of whether GStreamer accepts the change. */
Napi::Value Pipeline::set_state(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return throw_error(info.Env(), "closed");
  return promise(info.Env(), change_to(state_names.of(info[0]), {}));
}

/**
 * stop(stop_when_idle?): to NULL. It returns no promise, since blocking iterators stop pipelines and let no promise
 * resolve. It wakes JS, which then asks stopped().
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

/** endSources(but?): sends end-of-stream out of every other source, behind the data in an appsrc; a promise. */
Napi::Value Pipeline::end_sources(const Napi::CallbackInfo& info) {
  if (!built_.pipeline) return throw_error(info.Env(), "closed");
  std::shared_ptr<GstElement> pipeline = ref_object(built_.pipeline.get());
  return promise(info.Env(), [pipeline, but = find_all(info[0])] {
    send_end_of_stream(pipeline.get(), but);
    return true;
  });
}

/** wantsEnd(): whether a cut would lose something that an end of stream keeps. */
Napi::Value Pipeline::wants_end(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), built_.pipeline && needs_end_of_stream(built_.pipeline.get()));
}

/** requestKeyframe(encoder, from?): a worker has it make a keyframe of its next picture, or of the first from µs on. */
Napi::Value Pipeline::request_keyframe(const Napi::CallbackInfo& info) {
  GstElement* found = find(info[0]);
  if (!found) return throw_error(info.Env(), "no such element");
  std::shared_ptr<GstElement> element = ref_object(found);
  GstClockTime from = GST_CLOCK_TIME_NONE;
  if (info[1].IsNumber()) from = static_cast<GstClockTime>(info[1].ToNumber().Int64Value()) * GST_USECOND;
  run_detached([element = std::move(element), from] { force_keyframe(element.get(), from); });
  return info.Env().Undefined();
}

/** get(element, property): { value }, { buildError }, or {} if the element did not answer in time. */
Napi::Value Pipeline::get_property(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  GstElement* element = find(info[0]);
  if (!element) return result;
  Reading reading;
  if (const std::optional<BuildError> build_error =
          prepare_reading(element, info[0].As<Napi::String>(), info[1].As<Napi::String>(), &reading)) {
    result["buildError"] = build_error->to_js(env);
    return result;
  }
  struct Read {
    Reading reading;
    JsValue value;
  };
  auto read = std::make_shared<Read>(Read{std::move(reading), {}});
  if (!touch([read] { read->value = read_property(read->reading); }, get_wait_ms)) return result;
  // Here 2^64 − 1 is a number like any other.
  const auto* wide = std::get_if<uint64_t>(&read->value);
  result["value"] = wide && *wide == UINT64_MAX ? Napi::Value(Napi::BigInt::New(env, *wide)) : to_js(env, read->value);
  return result;
}

/** set(element, [[property, value] …]): { late } if all are set, or (late) will be; { buildError } if none is. */
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
      result["buildError"] = build_error->to_js(env);
      return result;
    }
    settings->push_back(std::move(setting));
  }
  std::function<bool()> apply = [settings] {
    for (const Setting& setting : *settings) {
      g_object_set_property(G_OBJECT(setting.object.get()), setting.name.c_str(), setting.value.get());
    }
    return true;
  };
  if (is_set_between_buffers(element)) apply = set_between_buffers(element, settings.get());
  auto set = std::make_shared<bool>(false);
  const bool done = apply && touch([apply, set] { *set = apply(); }, set_wait_ms) && *set;
  result["late"] = Napi::Boolean::New(env, !done);
  return result;
}

/** pads(element): { now: names of its pads, later: name templates of pads that it may get }. */
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

/** counts('element.pad'): the counters of the pad since the start; null: there is no such pad so far. */
Napi::Value Pipeline::counts(const Napi::CallbackInfo& info) {
  return built_.pads ? built_.pads->read(info.Env(), info[0].As<Napi::String>()) : info.Env().Null();
}

/** standstill(): { held, starved, queue, buffers (over all pads) } of a graph that can never go on; null: it can. */
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

/** held(source): whether the source's thread is inside of the next element now. */
Napi::Value Pipeline::held(const Napi::CallbackInfo& info) {
  GstElement* source = find(info[0]);
  return Napi::Boolean::New(info.Env(), source && is_held(source));
}

/** dot(): the present pipeline for Graphviz; null if it does not answer in time. */
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

/** introspect(): shows the pipeline at the door to node-gtk; false: it is closed, or no door is open. */
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
  auto list = Napi::Array::New(env, messages.size());
  uint32_t index = 0;
  for (const BusMessage& message : messages) list[index++] = message.to_js(env);
  return list;
}

Napi::Value Pipeline::dropped_messages(const Napi::CallbackInfo& info) {
  std::lock_guard lock(events_->mutex);
  return Napi::Number::New(info.Env(), static_cast<double>(events_->dropped_messages));
}

/**
 * mute(): no more events, and the process may end; properties can be read until close(). Open promises resolve to
 * false.
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
