#include "stills/keyframe_keeper.h"

#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "js/js.h"

namespace rxgst {
namespace {

/** Larger than any message of RTMP that a capture accepts. */
constexpr gsize most_kept_bytes = gsize{8} << 20;

}  // namespace

void KeptKeyframe::see(GstPad* pad, GstBuffer* buffer) {
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT) || GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP))
    return;
  EncodedPicture next;
  if (gst_buffer_get_size(buffer) <= most_kept_bytes) {
    next = {BufferRef(gst_buffer_ref(buffer)), CapsRef(gst_pad_get_current_caps(pad)), now_us()};
    if (!next.caps) return;
  }
  std::lock_guard lock(mutex_);
  std::swap(picture_, next);
}

EncodedPicture KeptKeyframe::picture() {
  std::lock_guard lock(mutex_);
  if (!picture_.packet) return {};
  return {BufferRef(gst_buffer_ref(picture_.packet.get())), ref_caps(picture_.caps.get()), picture_.at_us};
}

Napi::Function KeyframeKeeper::define(Napi::Env env) {
  return DefineClass(env, "KeyframeKeeper",
                     {InstanceMethod("age", &KeyframeKeeper::age), InstanceMethod("close", &KeyframeKeeper::close)});
}

/** new KeyframeKeeper(element): of the packets that enter its sink pad. */
KeyframeKeeper::KeyframeKeeper(const Napi::CallbackInfo& info) : Napi::ObjectWrap<KeyframeKeeper>(info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  probe_ = PadProbe(std::move(pad), each_buffer, [state = state_](GstPad* at, GstPadProbeInfo* probed) {
    for_each_buffer(probed, [&](GstBuffer* buffer) { state->see(at, buffer); });
    return GST_PAD_PROBE_OK;
  });
}

/** age(): milliseconds since the keyframe came; null: none has come. */
Napi::Value KeyframeKeeper::age(const Napi::CallbackInfo& info) {
  const EncodedPicture picture = state_->picture();
  if (!picture.packet) return info.Env().Null();
  return Napi::Number::New(info.Env(), static_cast<double>(now_us() - picture.at_us) / 1000);
}

Napi::Value KeyframeKeeper::close(const Napi::CallbackInfo& info) {
  probe_ = PadProbe();
  return info.Env().Undefined();
}

}  // namespace rxgst
