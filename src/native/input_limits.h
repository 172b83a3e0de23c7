// What a peer may send: the gate before the decoder.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "js.h"
#include "refs.h"

namespace rxgst {

/**
 * Streaming thread only, but for `refused`. What is beyond a limit never reaches the decoder: one element message
 * 'rxgst-refused' says why, and from then on nothing passes.
 */
class LimitsState {
 public:
  int64_t max_width = 0;
  int64_t max_height = 0;
  double max_fps = 0;
  gsize max_message = 0;

  bool refused() const { return refused_; }
  GstPadProbeReturn on_message(GstPad* pad, GstBuffer* buffer);
  GstPadProbeReturn on_caps(GstPad* pad, GstCaps* caps);
  GstPadProbeReturn on_picture(GstPad* pad, GstBuffer* buffer);

 private:
  // False: refused, and said so.
  bool check_size(GstPad* pad, int64_t width, int64_t height, bool coded);
  bool check_units(GstPad* pad, GstBuffer* buffer);
  bool check_parameter_set(GstPad* pad, const uint8_t* nal, gsize size);
  void refuse(GstPad* pad, const char* code, const std::string& why);

  std::atomic<bool> refused_{false};
  /** Bytes of a NAL unit's length; 0: start codes. */
  int length_size_ = 0;
  struct Arrival {
    GstClockTime dts;
    int64_t at;
  };
  /** The pictures of the last second, in their own time and in ours. */
  std::deque<Arrival> recent_;
};

/** What JS holds. */
class InputLimits : public Napi::ObjectWrap<InputLimits> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit InputLimits(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<LimitsState> state_ = std::make_shared<LimitsState>();
  std::array<PadProbe, 2> probes_;
};

}  // namespace rxgst
