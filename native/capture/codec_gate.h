// The gate before the demuxer: it reads the codec in each FLV tag, and keeps codecs away that rxgst does not decode.
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
 * A demuxer ends the whole stream at a codec that it does not know, and does not report which. The first bytes of each
 * tag name the codec, so the gate drops such tags before they reach the demuxer. It posts an element message
 * 'rxgst-codec' once for each codec. `refused` in the message means that the stream ends. Its content decides, never
 * its timing; it ends at:
 *
 * - pictures of another codec than H.264;
 * - audio that rxgst does not decode, while no picture comes.
 *
 * Audio that rxgst does not decode, beside pictures, is left out. Streaming thread only, except for the atomic fields.
 */
class CodecGateState {
 public:
  CodecGateState(std::shared_ptr<TimelineState> timeline, uint32_t audio)
      : timeline_(std::move(timeline)), audios_(audio) {}
  GstPadProbeReturn on_bytes(GstPad* pad, GstPadProbeInfo* info);
  /** The first byte of the last audio tag that passed; −1: none has. */
  int audio() const { return audio_.load(); }
  /** From now on nothing passes, and no message is posted. */
  void shut() { refused_ = true; }

 private:
  bool keep(GstPad* pad, const StreamTag& tag);
  bool keep_picture(GstPad* pad, const StreamTag& tag);
  bool keep_audio(GstPad* pad, const StreamTag& tag);
  void report(GstPad* pad, const char* kind, const std::string& codec, bool refused);

  const std::shared_ptr<TimelineState> timeline_;
  const uint32_t audios_;  // one bit for each codec that is decoded
  std::atomic<int> audio_{-1};
  TagWalk walk_;
  BufferRef held_;  // the head of a tag whose rest has not come
  std::atomic<bool> refused_{false};
  bool pictures_ = false;            // H.264 has come
  uint32_t foreign_ = 0;             // tags of pictures in another codec, in a row
  int64_t undecoded_since_us_ = -1;  // CLOCK_MONOTONIC: since when only undecoded audio has come
  uint32_t undecoded_audio_ = 0;     // its tags
  std::vector<std::string> reported_;
};

/** The CodecGate that JavaScript holds. */
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
