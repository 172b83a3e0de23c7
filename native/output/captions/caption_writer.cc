#include "output/captions/caption_writer.h"

#include <utility>
#include <vector>

#include "captions/units.h"
#include "gst/running_time.h"
#include "output/stamp.h"

namespace rxgst {
namespace {

captions::Syntax syntax_of_captions(UnitSyntax syntax) {
  switch (syntax) {
    case UnitSyntax::av1:
      return captions::Syntax::av1;
    case UnitSyntax::hevc:
      return captions::Syntax::hevc;
    default:
      return captions::Syntax::h264;
  }
}

GstPadProbeReturn write_into(const NotedCaptions& noted, GstPad* pad, GstPadProbeInfo* info) {
  if (!noted.some()) return GST_PAD_PROBE_OK;
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto time = running_time(pad, GST_BUFFER_PTS(packet));
  const auto captions = time ? noted.of(*time) : nullptr;
  if (!captions) return GST_PAD_PROBE_OK;
  const UnitSyntax syntax = syntax_of(pad);
  const auto unit = captions::caption_unit(*captions, syntax_of_captions(syntax));
  if (BufferRef whole = with_unit(packet, unit, syntax)) {
    gst_buffer_unref(packet);
    GST_PAD_PROBE_INFO_DATA(info) = whole.release();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

PadProbe write_captions(ObjectRef<GstPad> pad, std::shared_ptr<const NotedCaptions> noted) {
  if (!pad) return {};
  return PadProbe(
      std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
      [noted = std::move(noted)](GstPad* at, GstPadProbeInfo* packet) { return write_into(*noted, at, packet); });
}

}  // namespace rxgst
