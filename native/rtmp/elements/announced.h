// What metadata promise of a stream.
#pragma once
#include "rtmp/protocol/events.h"

namespace rxgst::rtmp {

/** 1: there will be such a track. */
struct Announced {
  int video = 0, audio = 0;
};

/** Of a data message; metadata that name neither codec promise nothing. */
Announced announced_by(const MediaMessage& message);

}  // namespace rxgst::rtmp
