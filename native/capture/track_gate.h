// The gate behind rxrtmpsrc, on the pad of each track: it keeps codecs away that rxgst does not decode.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "capture/codec_gate.h"
#include "capture/timeline.h"
#include "gst/refs.h"

namespace rxgst {

/**
 * Makes timestamps running times, in every segment alike: the capture's own timeline finds jumps in them, and places
 * the tracks by them. Nothing is cut that came before the first.
 */
GstEvent* whole_segment(GstEvent* event);

/**
 * What CodecGate is for FLV. The caps of a track name its codec; the gate posts an element message 'rxgst-codec' once
 * for each codec that is not decoded, with the media type as its name. `refused` means that the stream ends: its
 * pictures have another codec, or no picture comes beside sound that is not decoded. In RTP each track has a streaming
 * thread of its own.
 */
class TrackGateState {
 public:
  TrackGateState(std::shared_ptr<TimelineState> timeline, const std::string& video, const std::string& audio,
                 bool keeps_segments = false);

  /** Stands on the pads of this element that are still to come. `only`: on those of this kind alone. */
  static void watch(GstElement* source, const std::shared_ptr<TrackGateState>& state, std::optional<Track> only);
  GstPadProbeReturn on_data(Track track, GstPad* pad, GstPadProbeInfo* info);
  /** False: a track of this kind has begun already. */
  bool begin(Track track);
  /** Tracks of these kinds come once more, from another demuxer. */
  void begin_anew(bool video, bool audio);
  /** All tracks are there. */
  void no_more();
  /** Buffers of all tracks that came, decoded or not. */
  uint64_t buffers() const { return buffers_.load(); }
  /** From now on nothing passes, and no message is posted. */
  void shut() { refused_ = true; }

 private:
  /**
   * In the midst of H.264 one picture of another codec is an error of the server; a second of such pictures alone is
   * another stream.
   */
  static constexpr uint32_t max_foreign = 25;

  struct Gate {
    CapsRef decoded;
    bool open = false;
    bool begun = false;
    std::string codec;
  };

  GstPadProbeReturn on_event(Gate& gate, GstPadProbeInfo* info);
  bool keep_picture(Gate& gate, GstPad* pad);
  bool keep_audio(Gate& gate, GstPad* pad);

  const std::shared_ptr<TimelineState> timeline_;
  /** Whether segments are read further on. */
  const bool keeps_segments_;
  std::mutex mutex_;
  // Guarded by mutex_, but for the atomic fields:
  std::array<Gate, 2> gates_;
  std::atomic<uint64_t> buffers_{0};
  std::atomic<bool> refused_{false};
  bool pictures_ = false;
  uint32_t foreign_ = 0;  // pictures in another codec, in a row
  Undecoded undecoded_;
};

/** The TrackGate that JavaScript holds. */
class TrackGate : public Napi::ObjectWrap<TrackGate> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit TrackGate(const Napi::CallbackInfo& info);
  ~TrackGate() override {
    if (state_) state_->shut();
  }
  std::shared_ptr<TrackGateState> state() const { return state_; }

 private:
  Napi::Value buffers(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<TrackGateState> state_;
};

}  // namespace rxgst
