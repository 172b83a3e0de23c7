// Whether a codec's configuration record can be used.
#pragma once
#include "rtmp/chunks/bytes.h"
#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/** False: it is empty, cut, or of no kind that the codec has. Codecs without a record take any. */
bool is_usable_record(Codec codec, Bytes record);

}  // namespace rxgst::rtmp
