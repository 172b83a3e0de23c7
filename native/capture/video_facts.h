// What a compressed video is, by its own parameter sets and timestamps.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <array>
#include <memory>
#include <mutex>

#include "capture/picture_rate.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "h264/shape.h"

namespace rxgst {

/** Caps of compressed video without what a container claims of size, rate and shape. */
CapsRef without_claims(GstCaps* caps);

/**
 * Around h264parse. In front of it goes what the container says of size, rate and shape: the parser would believe it
 * more than the parameter sets, and refuse, stretch and time pictures by what somebody typed. Behind it each picture
 * gets the duration that the stream's timestamps have: decoder, tap and meters reckon with it.
 */
class VideoFactsState {
 public:
  // Streaming thread.
  void on_caps(GstCaps* caps);
  GstBuffer* on_picture(GstBuffer* buffer);

  std::mutex mutex;
  // All below are guarded by mutex.
  int width = 0;  // 0: not known yet
  int height = 0;
  PixelAspect pixel;
  Rate rate;

 private:
  PictureRate measured_;  // streaming thread only
};

/** What JS holds. */
class VideoFacts : public Napi::ObjectWrap<VideoFacts> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit VideoFacts(const Napi::CallbackInfo& info);

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<VideoFactsState> state_ = std::make_shared<VideoFactsState>();
  std::array<PadProbe, 2> probes_;
};

}  // namespace rxgst
