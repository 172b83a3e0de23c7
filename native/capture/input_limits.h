// Limits of what a peer may send: the gate before the parser and the decoder.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "capture/codecs/picture_codec.h"
#include "capture/composition.h"
#include "gst/refs.h"
#include "js/changes.h"

namespace rxgst {

/**
 * Data beyond a limit never reaches the decoder: one element message 'rxgst-refused' gives the reason, and from then on
 * nothing passes. The limits are checked twice: at the entry of the parser, which needs protection too, and at the
 * entry of the decoder, since the parser may have changed the data. Streaming thread only, except for the atomic
 * fields.
 */
class LimitsState {
 public:
  SizeLimit sizes;
  double max_fps = 0;
  gsize max_message = 0;
  std::shared_ptr<Wakeup> wakeup;  // is told of pictures without a time of their own; null: no listener

  bool refused() const { return refused_; }
  /** From now on nothing passes, and no message is posted. */
  void shut() { refused_ = true; }
  GstPadProbeReturn on_message(GstPad* pad, GstBuffer* buffer);
  GstPadProbeReturn on_entry_caps(GstPad* pad, GstCaps* caps);
  GstPadProbeReturn on_entry(GstPad* pad, GstPadProbeInfo* info);
  GstPadProbeReturn on_caps(GstPad* pad, GstCaps* caps);
  GstPadProbeReturn on_picture(GstPad* pad, GstBuffer* buffer);

  /** The last access unit that entered, and whether its container called it a keyframe. */
  const AccessUnit& unit() const { return unit_; }
  bool marked() const { return marked_; }

  /** Access units that came. */
  std::atomic<uint64_t> pictures{0};
  /** Of those: a part was no part of a picture, and was left out. */
  std::atomic<uint64_t> mended{0};
  /**
   * Of those: the presentation time was so far from the decoding time that no reordering explains it. The decoding time
   * replaces it.
   */
  std::atomic<uint64_t> mistimed{0};

 private:
  /** Before the parser, or behind it. */
  struct Side {
    std::string media;
    std::unique_ptr<PictureCodec> codec;
  };

  // False: refused, and the message is posted.
  bool fits(GstPad* pad, const MaybeProblem& problem);
  bool configure(GstPad* pad, GstCaps* caps, Side* side);
  bool check_counts(GstPad* pad, const AccessUnit& unit);
  bool check_sets(GstPad* pad);
  GstBuffer* mend(GstBuffer* buffer, bool* empty);
  void refuse(GstPad* pad, const char* code, const std::string& why);

  std::atomic<bool> refused_{false};
  Side entry_, behind_;
  AccessUnit unit_;
  /** Whether parameter sets have come, in a record or between pictures. */
  bool sets_came_ = false;
  /** When the first keyframe came without them, µs; 0: none has. */
  int64_t headless_since_ = 0;
  bool marked_ = false;
  Composition composition_;
  struct Arrival {
    GstClockTime dts;
    int64_t at;
  };
  /** The pictures of the last second, by their own time and by ours. */
  std::deque<Arrival> recent_;
  /** The begin (µs) of the second whose parameter sets are counted. */
  int64_t sets_since_ = 0;
  size_t sets_ = 0;
};

/** The InputLimits that JavaScript holds. */
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
