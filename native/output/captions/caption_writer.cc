#include "output/captions/caption_writer.h"

#include <algorithm>
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

/** Of the picture at this running time (ns), whatever order packets come in. */
captions::SharedCaptions captions_at(NotedCaptions& noted, const SlotRate& rate, int64_t at) {
  if (rate.every == 1) return noted.of(at);
  const guint64 second = GST_SECOND * static_cast<guint64>(rate.fps_d);
  const auto slot = static_cast<int64_t>(
      gst_util_uint64_scale_round(static_cast<guint64>(at), static_cast<guint64>(rate.fps_n), second));
  captions::SharedCaptions all;
  for (int64_t one = std::max<int64_t>(slot - rate.every + 1, 0); one <= slot; ++one) {
    const guint64 time = gst_util_uint64_scale(static_cast<guint64>(one), second, static_cast<guint64>(rate.fps_n));
    all = captions::joined(std::move(all), noted.of(static_cast<int64_t>(time)));
  }
  constexpr size_t most = captions::most_triples * captions::triple_bytes;
  if (!all || all->size() <= most) return all;
  captions::CcData kept(*all);
  captions::leave_out_padding(&kept);
  if (kept.size() > most) {
    noted.count_cut((kept.size() - most) / captions::triple_bytes);
    kept.resize(most);
  }
  return std::make_shared<const captions::CcData>(std::move(kept));
}

GstPadProbeReturn write_into(NotedCaptions& noted, const SlotRate& rate, GstPad* pad, GstPadProbeInfo* info) {
  if (!noted.some()) return GST_PAD_PROBE_OK;
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto time = running_time(pad, GST_BUFFER_PTS(packet));
  const auto captions = time && *time >= 0 ? captions_at(noted, rate, *time) : nullptr;
  if (!captions || captions->empty()) return GST_PAD_PROBE_OK;
  const UnitSyntax syntax = syntax_of(pad);
  const auto unit = captions::caption_unit(*captions, syntax_of_captions(syntax));
  if (BufferRef whole = with_unit(packet, unit, syntax)) {
    gst_buffer_unref(packet);
    GST_PAD_PROBE_INFO_DATA(info) = whole.release();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

PadProbe write_captions(ObjectRef<GstPad> pad, std::shared_ptr<NotedCaptions> noted, SlotRate rate) {
  if (!pad) return {};
  return PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_BUFFER,
                  [noted = std::move(noted), rate](GstPad* at, GstPadProbeInfo* packet) {
                    return write_into(*noted, rate, at, packet);
                  });
}

}  // namespace rxgst
