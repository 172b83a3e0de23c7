// Chooses the elements that parse and decode one track of a capture, by the codec that comes.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {

struct SwitchedElement {
  std::string factory;
  /** In its pipeline; empty: GStreamer's. */
  std::string name;
  /** Values as gst-launch writes them. */
  std::vector<std::pair<std::string, std::string>> properties;
};

/** A codec, and the row of elements that decodes it. `own`: the elements that the graph already has in this place. */
struct SwitchedCodec {
  CapsRef caps;
  bool own;
  std::vector<SwitchedElement> elements;
  int unit;  // bytes of one sample of one channel; 0: a buffer may have any length
};

/**
 * Stands between two elements, `from` and `to`, around the graph's own branch. Caps of another codec in the table put
 * that codec's elements there, at the start or in the middle of a stream. Caps that are not in the table go to the
 * present elements. Streaming thread of the demuxer only.
 */
class CodecSwitchState {
 public:
  CodecSwitchState(GstElement* from, GstElement* to);
  std::vector<SwitchedCodec> codecs;
  /** Whether decoders keep what they give out later. */
  bool reorders = false;

  /** Null: the table has no such codec. */
  const SwitchedCodec* codec_of(GstCaps* caps) const;
  void on_caps(GstPad* pad, GstCaps* caps);
  void on_buffer() { fed_ = true; }
  /** The buffer, or a shorter one that ends with a whole sample; null if no whole sample is left. */
  GstBuffer* whole_samples(GstBuffer* buffer) const;

 private:
  bool put(GstElement* from, const SwitchedCodec& codec);
  void clear(GstBin* bin, GstPad* out);

  ObjectRef<GstPad> to_;
  // The ends of the graph's own branch.
  ObjectRef<GstPad> first_;
  ObjectRef<GstPad> last_;
  std::vector<ObjectRef<GstElement>> made_;
  const SwitchedCodec* current_ = nullptr;
  bool fed_ = false;  // the present branch has got a buffer
  gsize frame_ = 0;   // bytes of one sample of all channels, which stay together; 0: no such unit
};

/** The CodecSwitch that JavaScript holds. */
class CodecSwitch : public Napi::ObjectWrap<CodecSwitch> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit CodecSwitch(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  PadProbe probe_;
};

}  // namespace rxgst
