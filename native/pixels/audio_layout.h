// Gives channels of audio a speaker layout if their stream names none.
#pragma once
#include <gst/audio/audio.h>
#include <napi.h>

#include <cstdint>

#include "gst/probe.h"

namespace rxgst {

/** The usual layout of so many channels, as a mask of WAVE and GStreamer; 0: there is none. */
constexpr uint64_t usual_layout(int channels) {
  constexpr uint64_t masks[] = {0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0xc3f};
  return channels >= 1 && channels <= 8 ? masks[channels] : 0;
}

/** Interleaved floats. A `mask` of 0, or of another number of channels, leaves the channels without speakers. */
GstAudioInfo audio_info(int rate, int channels, uint64_t mask);

/**
 * A matrix that mixes each of `in` channels into all of `out` ones, quietly enough that no sum clips. The caller owns
 * it.
 */
GValue even_mix(int in, int out);

/**
 * Works at the sink pad of a capture's audioconvert. A decoder that does not know an AAC layout (one in a program
 * config element, such as 5.1 with side speakers) gives channels without speakers, and a converter that has to mix them
 * ends the stream. Up to eight channels get the usual layout, whose order is that of the encoders; more are mixed
 * evenly.
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
