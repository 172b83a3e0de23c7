// What must not happen on the JS thread, or must happen in a streaming thread: state changes, events, late links, bus.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "js.h"
#include "refs.h"
#include "timeline.h"

namespace rxgst {

/** A bus message as plain data: GstMessages, and the bus with its two file descriptors, never reach JS. */
struct BusMessage {
  std::string type;  // 'error', 'warning', 'eos', 'element'
  std::string element;
  std::string factory;
  // Errors and warnings:
  std::string domain;
  int code = 0;
  std::string text;
  std::string debug;
  // Element messages:
  std::string name;
  std::vector<std::pair<std::string, std::string>> fields;
};

/** What waits for JS: messages, and the results of finished state changes. Shared with streaming and worker threads. */
struct PipelineEvents {
  std::shared_ptr<Bell> bell;
  struct Done {
    uint32_t id;
    bool ok;
  };
  std::mutex mutex;
  // Guarded by mutex.
  std::deque<Done> done;
  std::deque<BusMessage> messages;
  uint64_t dropped_messages = 0;
};

/** A pad of a demuxer that appears later, and where it leads. */
struct LateLink {
  std::string pad;
  ObjectRef<GstElement> target;
};

struct LateLinks {
  ObjectRef<GstElement> source;
  std::vector<LateLink> links;
  std::mutex mutex;
  std::shared_ptr<TimelineState> timeline;
};

class Pipeline : public Napi::ObjectWrap<Pipeline> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Pipeline(const Napi::CallbackInfo& info);
  ~Pipeline() override;

 private:
  Napi::Value set_state(const Napi::CallbackInfo& info);
  Napi::Value send_eos(const Napi::CallbackInfo& info);
  Napi::Value request_keyframe(const Napi::CallbackInfo& info);
  Napi::Value link_late(const Napi::CallbackInfo& info);
  Napi::Value take_events(const Napi::CallbackInfo& info);
  Napi::Value dropped_messages(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();
  uint32_t enqueue(std::function<bool()> work);

  ObjectRef<GstElement> pipeline_;
  std::shared_ptr<PipelineEvents> events_;
  std::shared_ptr<std::mutex> changing_ = std::make_shared<std::mutex>();
  uint32_t next_id_ = 1;
};

/**
 * transportStats(element): { inBytes, outBytes, outBytesAcked, acknowledged (null: not known) } of rtmp2src and
 * rtmp2sink, or null without any.
 */
Napi::Value transport_stats(const Napi::CallbackInfo& info);
Napi::Value load_factories(const Napi::CallbackInfo& info);

}  // namespace rxgst
