// Facts of a compressed video stream: size, pixel shape and rate by its own parameter sets and timestamps.
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

/** The caps of compressed video without the container's claims of size, rate and pixel shape. */
CapsRef without_claims(GstCaps* caps);

/**
 * Works on both sides of a parser. In front of it the container's claims of size, rate and shape are removed: the
 * parser would believe them more than the parameter sets, and refuse, stretch or time pictures by a typing error.
 * Behind it each picture gets the duration that the stream's timestamps give: decoder, tap and meters use it.
 */
class VideoFactsState {
 public:
  // Streaming thread.
  void on_caps(GstCaps* caps);
  GstBuffer* on_picture(GstBuffer* buffer);

  std::mutex mutex;
  // Guarded by mutex:
  int width = 0;  // 0: not known yet
  int height = 0;
  PixelAspect pixel;
  Rate rate;

 private:
  PictureRate measured_;  // streaming thread only
};

/** The VideoFacts that JavaScript holds. */
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
