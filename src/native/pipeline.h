// What must not happen on the JS thread, or must happen in a streaming thread: state changes, events, late links, bus.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "js.h"
#include "refs.h"
#include "timeline.h"

namespace rxgst {

/** Results of finished state changes, waiting for JS; shared with the worker threads. */
struct PipelineEvents {
  std::shared_ptr<Bell> bell;
  /** Where JS finds the messages that concern it. */
  ObjectRef<GstBus> mailbox;
  std::mutex mutex;
  struct Done {
    uint32_t id;
    bool ok;
  };
  std::deque<Done> done;
  std::atomic<guint> unread{0};
  std::atomic<uint64_t> dropped_messages{0};
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
  Napi::Value take_done(const Napi::CallbackInfo& info);
  Napi::Value dropped_messages(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();
  uint32_t enqueue(std::function<bool()> work);

  ObjectRef<GstElement> pipeline_;
  std::shared_ptr<PipelineEvents> events_;
  uint32_t next_id_ = 1;
};

/** transportStats(element): { inBytes, outBytes, outBytesAcked } of rtmp2src and rtmp2sink, or null without any. */
Napi::Value transport_stats(const Napi::CallbackInfo& info);
Napi::Value load_factories(const Napi::CallbackInfo& info);

}  // namespace rxgst
