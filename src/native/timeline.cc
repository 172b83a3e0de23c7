#include "timeline.h"

#include <gst/gst.h>

#include <string>
#include <string_view>

#include "js.h"
#include "refs.h"

namespace rxgst {
namespace {

// Metadata is the first tag of a stream, and small; what follows it is none of our business.
constexpr size_t most_header = 16'384;

struct Header {
  std::shared_ptr<TimelineState> timeline;
  std::string seen;
};

/** Streaming thread: collects the stream's first bytes, whatever their chunks, until they hold its metadata. */
GstPadProbeReturn read_header(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& header = *static_cast<Header*>(data);
  GstMapInfo map;
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    header.seen.append(reinterpret_cast<const char*>(map.data), map.size);
    gst_buffer_unmap(buffer, &map);
  }
  const size_t at = header.seen.find("onMetaData");
  // Publishers name the codec (Adobe's FLV specification, annex E.5) whenever there is a picture.
  if (at != std::string::npos && header.seen.find("videocodecid", at) != std::string::npos) {
    header.timeline->expect_picture();
    return GST_PAD_PROBE_REMOVE;
  }
  return header.seen.size() > most_header ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
}

}  // namespace

Napi::Function Timeline::define(Napi::Env env) {
  return DefineClass(env, "Timeline", {InstanceMethod("watchHeader", &Timeline::watch_header)});
}

/** watchHeader(source): before data flows. */
Napi::Value Timeline::watch_header(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(pointer_argument<GstElement>(info[0]), "src"));
  if (pad) {
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, read_header, new Header{state_, {}},
                      [](gpointer data) { delete static_cast<Header*>(data); });
  }
  return info.Env().Undefined();
}

}  // namespace rxgst
