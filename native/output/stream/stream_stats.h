// The statistics of an element that may hold its lock while it connects: read on a worker, never on the JS thread.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gst/refs.h"

namespace rxgst {

class StreamStats : public Napi::ObjectWrap<StreamStats> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit StreamStats(const Napi::CallbackInfo& info);

 private:
  struct State {
    std::mutex mutex;
    // Guarded by mutex:
    std::map<std::string, double> numbers;
    bool reading = false;
  };
  Napi::Value read(const Napi::CallbackInfo& info);

  std::shared_ptr<State> state_;
};

}  // namespace rxgst
