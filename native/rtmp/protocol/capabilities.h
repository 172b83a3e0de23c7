// What the two ends of a connection say of themselves by Enhanced RTMP, in `connect` and its answer.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rtmp/amf/value.h"

namespace rxgst::rtmp {

/** Bits of the values of `videoFourCcInfoMap` and `audioFourCcInfoMap`. */
enum FourCcInfo : int { can_decode = 1, can_encode = 2, can_forward = 4 };
/** Bits of `capsEx`. */
enum CapsEx : int { caps_reconnect = 1, caps_multitrack = 2, caps_mod_ex = 4, caps_nano_offset = 8 };
/** Bits of `videoFunction`. */
enum VideoFunction : int { video_seek = 1, video_hdr = 2, video_metadata = 4, video_tiles = 8 };

struct Capabilities {
  using InfoMap = std::vector<std::pair<std::string, int>>;
  /** FourCCs, or `*` for any; empty: the end says nothing. */
  std::vector<std::string> four_ccs;
  InfoMap video, audio;
  int caps_ex = 0;
  int video_function = 0;
};

/** Of the properties of an object, at most 64 names each. */
Capabilities read_capabilities(const amf::Value& object);
/** Adds what is not empty. */
void add_capabilities(amf::Value* object, const Capabilities& capabilities);

/** The FourCCs of pictures that a server takes by its own account; empty: it names none, or takes all. */
std::string taken_pictures(const Capabilities& server);

}  // namespace rxgst::rtmp
