// Which elements decode a capture's sound, chosen by what comes.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {

/** A codec, and the elements in a row that decode it. `own`: those that the graph has in this place. */
struct AudioCodec {
  CapsRef caps;
  bool own;
  std::vector<std::string> factories;
  int unit;  // bytes of one sample of one channel; 0: any length will do
};

/**
 * Stands between two elements, `from` and `to`, with the graph's own branch in between. Caps that begin another codec
 * of the table put that one's elements there, at the start and in the middle of a stream; caps that are not in it are
 * left to the elements that are there. Streaming thread of the demuxer only.
 */
class AudioSwitchState {
 public:
  AudioSwitchState(GstElement* from, GstElement* to);
  std::vector<AudioCodec> codecs;

  /** null: none of the table. */
  const AudioCodec* codec_of(GstCaps* caps) const;
  void on_caps(GstPad* pad, GstCaps* caps);
  /** The buffer, or a shorter one in its place; null: nothing is left of it. */
  GstBuffer* whole_samples(GstBuffer* buffer) const;

 private:
  bool put(GstElement* from, const AudioCodec& codec);
  void clear(GstBin* bin, GstPad* out);

  ObjectRef<GstPad> to_;
  // Of the graph's own branch.
  ObjectRef<GstPad> first_;
  ObjectRef<GstPad> last_;
  std::vector<ObjectRef<GstElement>> made_;
  const AudioCodec* current_ = nullptr;
  gsize frame_ = 0;  // bytes that must not be torn apart; 0: none
};

/** What JS holds. */
class AudioSwitch : public Napi::ObjectWrap<AudioSwitch> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit AudioSwitch(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  PadProbe probe_;
};

}  // namespace rxgst
