// How the NAL units of an output's packets are told apart, and written.
#pragma once
#include <gst/gst.h>

#include "gst/caps.h"

namespace rxgst {

enum class UnitSyntax { h264, hevc };

inline UnitSyntax syntax_of(GstPad* pad) { return is_hevc(pad) ? UnitSyntax::hevc : UnitSyntax::h264; }

}  // namespace rxgst
