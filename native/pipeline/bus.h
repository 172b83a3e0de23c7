// Bus messages as plain data, read in the thread that posts them: no GstMessage and no GstBus ever reaches JS.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gst/refs.h"
#include "js/completions.h"
#include "js/js.h"
#include "pipeline/js_value.h"

namespace rxgst {

struct BusMessage {
  /** GStreamer's name of its type: 'error', 'eos', 'state-changed' … */
  std::string type;
  std::string element;
  std::string factory;
  // Errors, warnings and infos:
  std::string domain;
  int code = 0;
  std::string text;
  std::string debug;
  // Element and application messages:
  std::string name;
  /** All there is to know; filled where all messages are wanted, and for element messages. */
  JsFields detail;
  /** µs, CLOCK_MONOTONIC. */
  int64_t time = 0;
  /** Whether the pipeline itself says so. */
  bool own = false;

  Napi::Object to_js(Napi::Env env) const;
};

/** What waits for JS: messages, and promises of work. Shared with streaming and worker threads. */
struct PipelineEvents {
  std::shared_ptr<Wakeup> wakeup;
  /** All messages, or those alone that an engine acts on: errors, warnings, ends, element messages. Set once. */
  bool all = false;
  /** Whether each piece of work went well. */
  Completions<bool> completions{
      [](Napi::Env env, const bool& ok) -> Napi::Value { return Napi::Boolean::New(env, ok); }};
  /** The pipeline has been stopped. */
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  // Guarded by mutex.
  std::deque<BusMessage> messages;
  uint64_t dropped_messages = 0;
};

/** From now on the pipeline's messages go there, and nothing is ever queued on the bus, which nobody reads. */
void listen(GstElement* pipeline, std::shared_ptr<PipelineEvents> events);

}  // namespace rxgst
