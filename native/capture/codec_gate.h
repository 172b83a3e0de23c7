// What a stream says of its codecs: the gate before the demuxer.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "capture/timeline.h"
#include "gst/refs.h"
#include "rtmp/tag_walk.h"

namespace rxgst {

/**
 * A demuxer ends the whole stream at a codec that it does not know, and does not say which. Here each tag's first bytes
 * tell it: what cannot be decoded never reaches the demuxer. An element message 'rxgst-codec' says it once for each
 * codec; `refused` in it is the end, by what the stream is and never by when it came:
 *
 * - pictures of another codec than H.264;
 * - sound that is not decoded, while no picture comes.
 *
 * Sound that is not decoded beside pictures is left out. Streaming thread only, but for what is atomic.
 */
class CodecGateState {
 public:
  CodecGateState(std::shared_ptr<TimelineState> timeline, uint32_t audio)
      : timeline_(std::move(timeline)), audios_(audio) {}
  GstPadProbeReturn on_bytes(GstPad* pad, GstPadProbeInfo* info);
  /** The first byte of the last sound that passed; −1: none has. */
  int audio() const { return audio_.load(); }
  /** From now on nothing passes, and nobody is told why. */
  void shut() { refused_ = true; }

 private:
  bool keep(GstPad* pad, const StreamTag& tag);
  bool keep_picture(GstPad* pad, const StreamTag& tag);
  bool keep_audio(GstPad* pad, const StreamTag& tag);
  void tell(GstPad* pad, const char* kind, const std::string& codec, bool refused);

  const std::shared_ptr<TimelineState> timeline_;
  const uint32_t audios_;  // a bit for each codec that is decoded
  std::atomic<int> audio_{-1};
  TagWalk walk_;
  BufferRef held_;  // the head of a tag whose rest has not come
  std::atomic<bool> refused_{false};
  bool pictures_ = false;       // H.264 has come
  uint32_t foreign_ = 0;        // tags of pictures in another codec since then
  int64_t unheard_since_ = -1;  // µs, monotonic: since when sound has been of codecs that are not decoded
  uint32_t unheard_ = 0;        // tags
  std::vector<std::string> told_;
};

/** What JS holds. */
class CodecGate : public Napi::ObjectWrap<CodecGate> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit CodecGate(const Napi::CallbackInfo& info);
  ~CodecGate() override {
    if (state_) state_->shut();
  }

 private:
  Napi::Value audio(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<CodecGateState> state_;
};

}  // namespace rxgst
