// What must not happen on the JS thread, or must happen in a streaming thread: state changes, events, properties, bus.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "capture/timeline.h"
#include "gst/refs.h"
#include "js/js.h"
#include "js/strand.h"
#include "pipeline/build.h"
#include "pipeline/bus.h"

namespace rxgst {

class Pipeline : public Napi::ObjectWrap<Pipeline> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Pipeline(const Napi::CallbackInfo& info);
  ~Pipeline() override;

 private:
  Napi::Value element(const Napi::CallbackInfo& info);
  Napi::Value set_state(const Napi::CallbackInfo& info);
  Napi::Value end_sources(const Napi::CallbackInfo& info);
  Napi::Value wants_end(const Napi::CallbackInfo& info);
  Napi::Value request_keyframe(const Napi::CallbackInfo& info);
  Napi::Value get_property(const Napi::CallbackInfo& info);
  Napi::Value set_properties(const Napi::CallbackInfo& info);
  Napi::Value pads(const Napi::CallbackInfo& info);
  Napi::Value counts(const Napi::CallbackInfo& info);
  Napi::Value standstill(const Napi::CallbackInfo& info);
  Napi::Value held(const Napi::CallbackInfo& info);
  Napi::Value dot(const Napi::CallbackInfo& info);
  Napi::Value introspect(const Napi::CallbackInfo& info);
  Napi::Value take_messages(const Napi::CallbackInfo& info);
  Napi::Value stop(const Napi::CallbackInfo& info);
  Napi::Value stopped(const Napi::CallbackInfo& info);
  Napi::Value dropped_messages(const Napi::CallbackInfo& info);
  Napi::Value mute(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();
  /** Of what a worker does now. */
  Napi::Value promise(Napi::Env env, std::function<bool()> work);
  std::function<bool()> change_to(GstState state, std::vector<std::shared_ptr<GstElement>> stop_when_idle);
  GstElement* find(const std::string& name);
  GstElement* find(const Napi::Value& name);
  std::vector<std::shared_ptr<GstElement>> find_all(const Napi::Value& names);
  /** Here, or on the strand where streaming threads may hold an element's locks. False: it is not through in time. */
  bool touch(std::function<void()> work, int ms);

  Built built_;
  std::shared_ptr<PipelineEvents> events_;
  std::shared_ptr<std::mutex> changing_ = std::make_shared<std::mutex>();
  std::shared_ptr<std::atomic<bool>> closed_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<Strand> strand_ = std::make_shared<Strand>();
  bool started_ = false;
};

/** build(description, timeline | null, onEvent, allMessages): a Pipeline, or what stood in the way (BuildError). */
Napi::Value build_pipeline(const Napi::CallbackInfo& info);

}  // namespace rxgst
