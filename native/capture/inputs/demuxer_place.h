// Where a demuxer stands that another one may replace while the stream goes on.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>

#include "capture/track_gate.h"
#include "gst/refs.h"

namespace rxgst {

/**
 * Streams that begin anew (EXT-X-DISCONTINUITY, another EXT-X-MAP) may have other tracks, codecs, timestamps and
 * another container. A demuxer that has begun with the old ones mixes them up; so the next one is new. The branches
 * behind it stay, and get its caps and segments.
 */
struct DemuxerPlace {
  ObjectRef<GstElement> demuxer;
  /** Where the branches begin; null: this demuxer has no such branch. */
  ObjectRef<GstPad> video, audio;
  std::shared_ptr<TrackGateState> gate;

  /** Streaming thread of `out`, the pad before the demuxer, while nothing is in the demuxer. */
  void replace(GstPad* out, const std::string& factory);

 private:
  void remove(GstBin* bin, GstPad* out);
};

}  // namespace rxgst
