// A message on its way from an input to the targets.
#pragma once
#include <optional>

#include "rtmp/protocol/events.h"
#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

enum class Content : uint8_t {
  /** A picture, or some sound. */
  media,
  /** What a decoder needs before it: a configuration, an order of channels, colours. */
  record,
  /** `onMetaData`. */
  metadata,
  /** Cue points, captions, ends of sequences: what is meant for its moment alone. */
  moment,
  /** What a server says to its player, or what has no content. */
  none,
};

struct Seen {
  Content content = Content::none;
  bool video = false;
  /** A keyframe. */
  bool key = false;
  /** The first frame of sound and pictures. */
  Frame frame;
};

/** Reads the first bytes of a message. */
Seen look_at(const MediaMessage& message);

/** A message as it goes to the targets. */
struct Passing {
  const Seen& seen;
  MediaKind kind;
  /** Of the program. */
  int64_t time_ms;
  /** `@setDataFrame`, before metadata. */
  Bytes head;
  const Payload& payload;
  /** A target may begin with it. */
  bool can_begin = false;
};

/** What a publisher writes before metadata, as a server keeps them for its players. */
Bytes metadata_head();
/** Script data as a publisher sends them: AMF0, without that head. Nothing: they are not readable. */
std::optional<Payload> script_payload(MediaMessage message);

}  // namespace rxgst::rtmp
