// The gate before the demuxer: it reads the codec in each FLV tag, and keeps codecs away that rxgst does not decode.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "capture/timeline.h"
#include "gst/refs.h"
#include "js/js.h"
#include "rtmp/tag_walk.h"

namespace rxgst {

/**
 * Codecs of one connection that are not decoded: how they are told, and when sound alone ends a stream. Streaming
 * thread only.
 */
class Undecoded {
 public:
  /** Posts the element message 'rxgst-codec', once for each codec. `refused`: the stream ends. */
  void report(GstPad* pad, const char* kind, const std::string& codec, bool refused) {
    const std::string key = kind + codec;
    const bool known = std::find(reported_.begin(), reported_.end(), key) != reported_.end();
    if (!refused && (known || reported_.size() >= max_reported)) return;
    if (!known) reported_.push_back(key);
    ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
    if (!element) return;
    GstStructure* said = gst_structure_new("rxgst-codec", "kind", G_TYPE_STRING, kind, "codec", G_TYPE_STRING,
                                           codec.c_str(), "refused", G_TYPE_BOOLEAN, refused, nullptr);
    gst_element_post_message(element.get(), gst_message_new_element(GST_OBJECT(element.get()), said));
  }

  void audio_decoded() { audio_since_us_ = -1; }

  /** A packet of undecoded audio. True: there has been nothing else for so long that the stream ends. */
  bool audio_alone(const TimelineState& timeline, bool pictures) {
    const int64_t now = now_us();
    if (audio_since_us_ < 0) {
      audio_since_us_ = now;
      audio_packets_ = 0;
    }
    ++audio_packets_;
    const int64_t limit = timeline.picture_expected() ? audio_alone_promised_us : audio_alone_us;
    return !pictures && audio_packets_ >= audio_alone_packets && now - audio_since_us_ >= limit;
  }

 private:
  // How long pictures may come later than audio that is not decoded. If the metadata promises pictures: as long as
  // audio waits for them.
  static constexpr int64_t audio_alone_us = 2'000'000;
  static constexpr int64_t audio_alone_promised_us = 8'000'000;
  static constexpr uint32_t audio_alone_packets = 5;
  // Codecs that are reported for each connection; a peer may invent any number.
  static constexpr size_t max_reported = 8;

  int64_t audio_since_us_ = -1;  // CLOCK_MONOTONIC: since when only undecoded audio has come
  uint32_t audio_packets_ = 0;
  std::vector<std::string> reported_;
};

/**
 * A demuxer ends the whole stream at a codec that it does not know, and does not report which. The first bytes of each
 * tag name the codec, so the gate drops such tags before they reach the demuxer. It posts an element message
 * 'rxgst-codec' once for each codec. `refused` in the message means that the stream ends. Its content decides, never
 * its timing; it ends at:
 *
 * - pictures of another codec than H.264;
 * - audio that rxgst does not decode, while no picture comes;
 * - pictures whose first byte no publisher writes: ERR_BAD_STREAM, since what comes later may be good.
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
  void count_nonsense(GstPad* pad);

  const std::shared_ptr<TimelineState> timeline_;
  const uint32_t audios_;  // one bit for each codec that is decoded
  std::atomic<int> audio_{-1};
  TagWalk walk_;
  BufferRef held_;  // the head of a tag whose rest has not come
  std::atomic<bool> refused_{false};
  bool pictures_ = false;  // H.264 has come
  uint32_t foreign_ = 0;   // tags of pictures in another codec, without H.264 in between
  uint32_t nonsense_ = 0;  // tags that are no pictures of any codec, in a row
  Undecoded undecoded_;
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
