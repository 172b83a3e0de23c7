#include "capture/analysis/analysis_gate.h"

#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "capture/codecs/picture_codec.h"
#include "gst/caps.h"
#include "gst/element.h"
#include "gst/refs.h"

namespace rxgst {
namespace {

/** Streaming thread. */
class Gate {
 public:
  explicit Gate(bool keyframes) : keyframes_(keyframes) {}

  GstPadProbeReturn on_picture(GstPad* pad, GstBuffer* picture) {
    if (!GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_DELTA_UNIT)) {
      if (keyframes_ && is_open(pad, picture)) keyframes_ = false;
      begun_ = inside_ = true;
      return GST_PAD_PROBE_OK;
    }
    if (begun_ && !keyframes_) return GST_PAD_PROBE_OK;
    // A decoder that reorders would keep the keyframe until others come. At a still frame it gives out what it has, and
    // begins anew, so that a keyframe of an open group is one to begin with.
    if (std::exchange(inside_, false)) gst_pad_push_event(pad, gst_video_event_new_still_frame(TRUE));
    return GST_PAD_PROBE_DROP;
  }

 private:
  /**
   * Whether it begins an open group of H.264. libav makes up the pictures that are missing before it, for which
   * GStreamer has no memory, and so loses it: such a stream is decoded as a whole.
   */
  bool is_open(GstPad* pad, GstBuffer* picture) {
    const CapsRef caps(gst_pad_get_current_caps(pad));
    if (!caps) return false;
    if (caps.get() != caps_.get()) {
      caps_ = ref_caps(caps.get());
      codec_ = media_of(caps.get()) == "video/x-h264" ? h264_pictures() : nullptr;
      if (codec_) codec_->configure(caps.get(), {INT32_MAX, INT32_MAX});
    }
    if (!codec_) return false;
    const MappedBuffer bytes(picture);
    return !codec_->read(bytes.data(), bytes.size(), most_units).instant;
  }

  static constexpr size_t most_units = 4096;

  CapsRef caps_;
  std::unique_ptr<PictureCodec> codec_;  // null: another one
  bool keyframes_;
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
