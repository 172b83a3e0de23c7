// What goes over the pads of a pipeline, counted from its start on: pads that come later too.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/refs.h"
#include "pipeline/pad_counter.h"

namespace rxgst {

/** Shared with the elements' signals. Any thread. */
class PadBook : public std::enable_shared_from_this<PadBook> {
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
