// How the units of an output's packets are told apart, and written: NAL units of H.264 and HEVC, OBUs of AV1.
#pragma once
#include <gst/gst.h>

#include <string_view>

#include "gst/caps.h"
#include "rtmp/tags/frame.h"

namespace rxgst {

enum class UnitSyntax { h264, hevc, av1 };

inline UnitSyntax syntax_of(const GstCaps* caps) {
  const std::string_view media = media_of(caps);
  return media == "video/x-av1" ? UnitSyntax::av1 : media == "video/x-h265" ? UnitSyntax::hevc : UnitSyntax::h264;
}
inline UnitSyntax syntax_of(GstPad* pad) { return syntax_of(CapsRef(gst_pad_get_current_caps(pad)).get()); }

inline rtmp::Codec codec_of(UnitSyntax syntax) {
  switch (syntax) {
    case UnitSyntax::av1:
      return rtmp::Codec::av1;
    case UnitSyntax::hevc:
      return rtmp::Codec::hevc;
    default:
      return rtmp::Codec::h264;
  }
}

}  // namespace rxgst
