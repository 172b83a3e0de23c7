// The times of one track of an input whose demuxer or depayloader has segments.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include "gst/probe.h"

namespace rxgst {

/**
 * Stands at the entry of a track, before all other probes. An edit list, or the start of a playlist, places a track by
 * its segment, so timestamps become running times here, and the segment is whole behind; the capture's timeline then
 * makes them continuous. Segments of demuxers that begin them anew for each track mean nothing: matroskademux corrects
 * its first segment after two pictures. Where the input comes faster than it plays, packets wait here for their time.
 */
class TrackTimes : public Napi::ObjectWrap<TrackTimes> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit TrackTimes(const Napi::CallbackInfo& info);

 private:
  Napi::Value close(const Napi::CallbackInfo& info);

  PadProbe probe_;
};

}  // namespace rxgst
