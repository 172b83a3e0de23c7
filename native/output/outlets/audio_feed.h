// The audio feed: the packets of one audio encoder for the fan-outs of all video encoders whose targets want them.
#pragma once
#include <gst/app/gstappsink.h>
#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "output/fanout.h"

namespace rxgst {

class AudioFeedState {
 public:
  /** Encoder's thread. `encoder`: the number of the attach() call; what an earlier one gives is dropped. */
  void on_sample(GstAppSink* sink, uint32_t encoder);
  void on_end(uint32_t encoder);

  std::mutex mutex;
  // Guarded by mutex:
  std::vector<std::shared_ptr<FanoutState>> fanouts;
  uint32_t encoder = 0;
  uint64_t packets = 0;

 private:
  std::vector<std::shared_ptr<FanoutState>> hearing(uint32_t from, bool packet);
};

class AudioFeed : public Napi::ObjectWrap<AudioFeed> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit AudioFeed(const Napi::CallbackInfo& info);

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value packets(const Napi::CallbackInfo& info);

  std::shared_ptr<AudioFeedState> state_ = std::make_shared<AudioFeedState>();
};

}  // namespace rxgst
