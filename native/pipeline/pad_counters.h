// What goes over pads, counted: what monitors and watchdogs read.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/probe.h"
#include "gst/refs.h"
#include "js/js.h"

namespace rxgst {

struct PadCounts {
  std::atomic<uint64_t> buffers{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> keyframes{0};
  std::atomic<int64_t> last_timestamp{-1};       // ns
  std::atomic<int64_t> last_running{INT64_MIN};  // ns of running time
  std::atomic<int64_t> last_arrival{-1};         // µs, CLOCK_MONOTONIC
  // The pad's streaming thread alone.
  GstSegment segment{};
  std::atomic<bool> ended{false};
};

/** Counts from now on what goes over the pad; the probe ends when it is removed, or with the pad. */
gulong count_on(GstPad* pad, std::shared_ptr<PadCounts> counts);
/** { buffers, bytes, keyframes, lastTimestamp, lastRunning, lastArrival, caps }; times in µs. JS thread. */
Napi::Object counts_to_js(Napi::Env env, const PadCounts& counts, GstPad* pad);

class PadCounter : public Napi::ObjectWrap<PadCounter> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PadCounter(const Napi::CallbackInfo& info);

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value buffers(const Napi::CallbackInfo& info);
  Napi::Value ended(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<PadCounts> counts_ = std::make_shared<PadCounts>();
  ObjectRef<GstPad> pad_;
  PadProbe probe_;
};

/**
 * Over the pads of a pipeline, from its start on: pads that come later too. Shared with the elements' signals. Any
 * thread.
 */
class PadCounters : public std::enable_shared_from_this<PadCounters> {
 public:
  /** Counts on every pad of the element, and on those that it gets. */
  void watch(GstElement* element, const std::string& name);
  /** 'element.pad': its counts, or none so far. */
  Napi::Value read(Napi::Env env, const std::string& pad);
  /** Buffers over all pads: whether anything moves. */
  uint64_t total();

 private:
  void add(const std::string& element, GstPad* pad);

  struct Entry {
    std::shared_ptr<PadCounts> counts;
    ObjectRef<GstPad> pad;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // guarded by mutex_
};

}  // namespace rxgst
