// What a track is to GStreamer: caps by its codec and configuration.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "gst/refs.h"
#include "rtmp/chunks/bytes.h"
#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

struct TrackFormat {
  enum class Packets : uint8_t {
    as_they_are,
    /** The first byte is none of the codec's. */
    without_first_byte,
    /** NAL units behind lengths of 4 bytes become ones behind start codes: there is no configuration record. */
    start_codes,
  };
  CapsRef caps;
  Packets packets = Packets::as_they_are;
  /** Goes before the next packet, in a buffer of its own. */
  std::vector<uint8_t> header;
  /** Goes before the next keyframe, in its buffer. */
  std::vector<uint8_t> before_key;
};

/**
 * @param frame its codec and FLV's own facts about sound
 * @param config the configuration that came last; empty: none has
 * @param media whether the frame holds media, of which the codec without a configuration is found out
 * @return nothing: the codec is not known, or its configuration is still to come
 */
std::optional<TrackFormat> format_of(const Frame& frame, Bytes config, bool media);

/** A copy with start codes; nothing: it holds no such units. */
std::optional<std::vector<uint8_t>> with_start_codes(Bytes units);

/** `hvc1`, or the number that FLV has for it, as a text. */
std::string codec_text(const Frame& frame);

}  // namespace rxgst::rtmp
