#include "output/live_input.h"

#include <gst/gst.h>

#include "gst/element.h"
#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {
namespace {

/** Behind the answer of whoever is upstream. */
GstPadProbeReturn say_live(GstPad*, GstPadProbeInfo* info) {
  GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return GST_PAD_PROBE_OK;
  GstClockTime least = 0, most = GST_CLOCK_TIME_NONE;
  gst_query_parse_latency(query, nullptr, &least, &most);
  gst_query_set_latency(query, TRUE, least, most);
  return GST_PAD_PROBE_OK;
}

}  // namespace

/** answerAsLive(encoder): before it plays, for as long as it is there. */
Napi::Value answer_as_live(const Napi::CallbackInfo& info) {
  const ObjectRef<GstElement> encoder = element_argument(info[0]);
  ObjectRef<GstPad> sink(gst_element_get_static_pad(encoder.get(), "sink"));
  if (sink) add_probe(sink.get(), GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL, say_live);
  return info.Env().Undefined();
}

}  // namespace rxgst
