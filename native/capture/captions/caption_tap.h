// The captions of a capture's pictures: their bytes, which go on with the frames, and their text for JavaScript.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "captions/caption_reader.h"
#include "captions/units.h"
#include "capture/captions/carried_captions.h"
#include "capture/timeline.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "js/changes.h"

namespace rxgst {

/** Streaming thread, except where a comment says another. */
class CaptionTapState {
 public:
  /** @param leads whether nothing else begins the timeline, since nothing is decoded */
  CaptionTapState(std::shared_ptr<TimelineState> timeline, bool leads)
      : timeline_(std::move(timeline)), leads_(leads) {}

  void on_picture(GstPad* pad, GstBuffer* buffer);

  /** JS thread: from now on text is read and told by this wake-up; null: no more. */
  void listen(std::shared_ptr<Wakeup> wakeup);
  /** Any thread: what stands on the screen is told as well; nothing is read any more. */
  void finish();
  std::deque<captions::Cue> take();
  uint64_t dropped();
  /** Any thread: frames take their captions along. Before data flows. */
  std::shared_ptr<CarriedCaptions> carry();

 private:
  static constexpr size_t most_cues = 256;

  void configure(GstPad* pad);
  void tell(captions::Cue cue);

  const std::shared_ptr<TimelineState> timeline_;
  const bool leads_;
  std::shared_ptr<CarriedCaptions> carried_;
  CapsRef caps_;
  captions::PacketForm form_;
  bool led_ = false;
  std::atomic<bool> wanted_{false};
  std::mutex mutex_;
  // Guarded by mutex_.
  std::unique_ptr<captions::CaptionReader> reader_;
  std::shared_ptr<Wakeup> wakeup_;
  std::deque<captions::Cue> cues_;
  uint64_t dropped_ = 0;
};

/** The CaptionTap that JavaScript holds. */
class CaptionTap : public Napi::ObjectWrap<CaptionTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit CaptionTap(const Napi::CallbackInfo& info);
  std::shared_ptr<CaptionTapState> state() const { return state_; }

 private:
  Napi::Value listen(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<CaptionTapState> state_;
  PadProbe probe_;
};

}  // namespace rxgst
