#include "capture/analysis/analysis_gate.h"

#include <utility>

#include "gst/element.h"

namespace rxgst {
namespace {

/** Streaming thread. */
class Gate {
 public:
  explicit Gate(bool keyframes) : keyframes_(keyframes), group_(gst_util_group_id_next()) {}

  GstPadProbeReturn on_picture(GstPad* pad, GstBuffer* picture) {
    if (!GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_DELTA_UNIT)) {
      begun_ = inside_ = true;
      return GST_PAD_PROBE_OK;
    }
    if (begun_ && !keyframes_) return GST_PAD_PROBE_OK;
    // A decoder that reorders would keep the keyframe until others come: this asks for all that it has.
    if (std::exchange(inside_, false)) gst_pad_push_event(pad, gst_event_new_stream_group_done(group_));
    return GST_PAD_PROBE_DROP;
  }

 private:
  const bool keyframes_;
  const guint group_;
  bool begun_ = false;
  bool inside_ = false;  // the decoder has a keyframe
};

}  // namespace

Napi::Function AnalysisGate::define(Napi::Env env) {
  return DefineClass(env, "AnalysisGate", {InstanceMethod("close", &AnalysisGate::close)});
}

/** new AnalysisGate(element, keyframes): of the pictures that leave its source pad; false: all from a keyframe on. */
AnalysisGate::AnalysisGate(const Napi::CallbackInfo& info) : Napi::ObjectWrap<AnalysisGate>(info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "src"));
  probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
                    [gate = Gate(info[1].ToBoolean().Value())](GstPad* at, GstPadProbeInfo* picture) mutable {
                      return gate.on_picture(at, GST_PAD_PROBE_INFO_BUFFER(picture));
                    });
}

Napi::Value AnalysisGate::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
