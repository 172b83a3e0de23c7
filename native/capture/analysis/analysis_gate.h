// Before a decoder whose pictures only meters look at: gives it keyframes alone, or everything from one on.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include "gst/probe.h"

namespace rxgst {

/** The AnalysisGate that JavaScript holds. */
class AnalysisGate : public Napi::ObjectWrap<AnalysisGate> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit AnalysisGate(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  PadProbe probe_;
};

}  // namespace rxgst
