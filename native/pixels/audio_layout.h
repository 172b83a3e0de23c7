// Which speaker each channel of sound is for, where nobody says it.
#pragma once
#include <gst/audio/audio.h>
#include <napi.h>

#include <cstdint>

#include "gst/probe.h"

namespace rxgst {

/** The layout that so many channels usually have, as a mask of WAVE and GStreamer; 0: there is none. */
constexpr uint64_t usual_layout(int channels) {
  constexpr uint64_t masks[] = {0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0xc3f};
  return channels >= 1 && channels <= 8 ? masks[channels] : 0;
}

/** Interleaved floats. `mask` 0, or one of another number of channels: they are for no speaker in particular. */
GstAudioInfo audio_info(int rate, int channels, uint64_t mask);

/** Each of `in` channels, on all of `out` ones, so low that they cannot clip together. Owned by the caller. */
GValue even_mix(int in, int out);

/**
 * At the sink pad of a capture's audioconvert. A decoder that does not know an AAC layout (one in a program config
 * element, such as 5.1 with side speakers) gives channels for no speaker, and a converter ends the stream that is to
 * mix them. Up to eight of them get the usual layout, whose order is that of the encoders; more are mixed evenly.
 */
class AudioLayout : public Napi::ObjectWrap<AudioLayout> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit AudioLayout(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  PadProbe probe_;
};

}  // namespace rxgst
