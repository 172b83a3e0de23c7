// Writes FLV tags around encoded packets, which RTMP carries: Adobe's "FLV File Format Specification" 10.1, annex E,
// and Enhanced RTMP for codecs that FLV has no number for.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <string>

#include "gst/refs.h"
#include "rtmp/tags/frame.h"

namespace rxgst::flv {

/** The fields of onMetaData, which a player gets before the first picture, and what else is known of the stream. */
struct Metadata {
  int width = 0;
  int height = 0;
  double fps = 0;
  double video_kbps = 0;
  double audio_kbps = 0;
  int rate = 0;
  int channels = 0;
  /** The matrix of colours: BT.709's, or BT.601's. */
  bool bt709 = false;
};

/** ms; RTMP's timestamps have 32 bits and wrap after 49.7 days. */
using Timestamp = uint32_t;

BufferRef metadata_tag(const Metadata& metadata, rtmp::Codec video, Timestamp timestamp);
/** The codec's configuration record, or AudioSpecificConfig: a decoder needs it before the first packet. */
BufferRef video_header_tag(rtmp::Codec codec, GstBuffer* codec_data, Timestamp timestamp);
BufferRef aac_header_tag(GstBuffer* codec_data, Timestamp timestamp);
/** An AudioSpecificConfig of AAC-LC (ISO/IEC 14496-3, 1.6.2.1), for the time before the encoder has made its own. */
BufferRef aac_config(int rate, int channels);
/** One access unit, NAL units with lengths; `composition` = presentation − decoding time, ms. */
BufferRef video_tag(rtmp::Codec codec, GstBuffer* packet, bool keyframe, Timestamp timestamp, int32_t composition);
/** One raw AAC frame. */
BufferRef aac_tag(GstBuffer* packet, Timestamp timestamp);

}  // namespace rxgst::flv
