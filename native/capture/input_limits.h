// What a peer may send: the gate before the decoder.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "capture/composition.h"
#include "gst/refs.h"
#include "h264/access_unit.h"
#include "js/changes.h"

namespace rxgst {

/**
 * Streaming thread only, but for what is atomic. What is beyond a limit never reaches the decoder: one element message
 * 'rxgst-refused' says why, and from then on nothing passes. It looks twice: at what enters the parser, which is to be
 * spared too, and at what enters the decoder, which the parser may have made into something else.
 */
class LimitsState {
 public:
  int64_t max_width = 0;
  int64_t max_height = 0;
  double max_fps = 0;
  gsize max_message = 0;
  std::shared_ptr<Wakeup> wakeup;  // hears of pictures whose time is not their own; none: nobody does

  bool refused() const { return refused_; }
  /** From now on nothing passes, and nobody is told why. */
  void shut() { refused_ = true; }
  GstPadProbeReturn on_message(GstPad* pad, GstBuffer* buffer);
  GstPadProbeReturn on_entry_caps(GstPad* pad, GstCaps* caps);
  GstPadProbeReturn on_entry(GstPad* pad, GstPadProbeInfo* info);
  GstPadProbeReturn on_caps(GstPad* pad, GstCaps* caps);
  GstPadProbeReturn on_picture(GstPad* pad, GstBuffer* buffer);

  /** What entered last, and whether its container called it a keyframe. */
  const AccessUnit& unit() const { return unit_; }
  bool marked() const { return marked_; }

  /** Access units that came. */
  std::atomic<uint64_t> pictures{0};
  /** Of those: some part was no part of a picture, and was left out. */
  std::atomic<uint64_t> mended{0};
  /** Of those: shown so far from where they are decoded that no reordering explains it; the time of decoding counts. */
  std::atomic<uint64_t> mistimed{0};

 private:
  // False: refused, and said so.
  bool check_size(GstPad* pad, int64_t width, int64_t height, bool coded);
  bool check_record(GstPad* pad, GstCaps* caps, int* length_size);
  bool check_units(GstPad* pad, const uint8_t* data, gsize size, int length_size);
  bool check_parameter_set(GstPad* pad, const uint8_t* nal, gsize size);
  bool check_counts(GstPad* pad, const AccessUnit& unit);
  GstBuffer* mend(GstBuffer* buffer, bool* empty);
  void refuse(GstPad* pad, const char* code, const std::string& why);

  std::atomic<bool> refused_{false};
  /** Bytes of a NAL unit's length; 0: start codes. Before the parser, and behind it. */
  int entry_length_size_ = 0;
  int length_size_ = 0;
  AccessUnit unit_;
  bool marked_ = false;
  Composition composition_;
  struct Arrival {
    GstClockTime dts;
    int64_t at;
  };
  /** The pictures of the last second, in their own time and in ours. */
  std::deque<Arrival> recent_;
  /** Parameter sets of the second that began then, µs. */
  int64_t sets_since_ = 0;
  size_t sets_ = 0;
};

/** What JS holds. */
class InputLimits : public Napi::ObjectWrap<InputLimits> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit InputLimits(const Napi::CallbackInfo& info);
  ~InputLimits() override { state_->shut(); }
  std::shared_ptr<LimitsState> state() const { return state_; }

 private:
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<LimitsState> state_ = std::make_shared<LimitsState>();
};

}  // namespace rxgst
