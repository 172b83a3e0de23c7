#include "timeline.h"

#include <gst/gst.h>

#include <optional>
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

/** A codec id of the metadata: named by text or by a number, 0 where a server fills in what it has not got. */
std::optional<bool> has_codec(const std::string& seen, size_t from, std::string_view key) {
  const size_t at = seen.find(key, from);
  if (at == std::string::npos) return false;
  const size_t value = at + key.size();
  if (value + 9 > seen.size()) return std::nullopt;  // more to come
  if (seen[value] != 0) return true;                 // AMF0: 0 is a number
  return seen.find_first_not_of('\0', value + 1) < value + 9;
}

/** Streaming thread: collects the stream's first bytes, whatever their chunks, until they hold its metadata. */
GstPadProbeReturn read_header(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& header = *static_cast<Header*>(data);
  GstMapInfo map;
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    header.seen.append(reinterpret_cast<const char*>(map.data), map.size);
    gst_buffer_unmap(buffer, &map);
  }
  const GstPadProbeReturn again = header.seen.size() > most_header ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
  const size_t at = header.seen.find("onMetaData");
  if (at == std::string::npos) return again;
  // The object ends with an empty name and the mark 9 (AMF0 2.11).
  if (header.seen.find(std::string("\0\0\x09", 3), at) == std::string::npos) return again;
  const auto picture = has_codec(header.seen, at, "videocodecid");
  const auto sound = has_codec(header.seen, at, "audiocodecid");
  if (picture.value_or(false)) header.timeline->expect_picture();
  // Metadata that names neither codec says nothing about them.
  if (sound && (*sound || picture.value_or(false))) header.timeline->announce_sound(*sound);
  return GST_PAD_PROBE_REMOVE;
}

}  // namespace

Napi::Function Timeline::define(Napi::Env env) {
  return DefineClass(env, "Timeline", {InstanceMethod("watchHeader", &Timeline::watch_header),
                                       InstanceMethod("soundAnnounced", &Timeline::sound_announced),
                                       InstanceMethod("startAt", &Timeline::start_at)});
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

/** startAt(µs): that running time is zero, whatever comes first. */
Napi::Value Timeline::start_at(const Napi::CallbackInfo& info) {
  state_->establish(static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000));
  return info.Env().Undefined();
}

/** soundAnnounced(): what the stream's metadata says; null: nothing. */
Napi::Value Timeline::sound_announced(const Napi::CallbackInfo& info) {
  const auto announced = state_->sound_announced();
  return announced ? Napi::Value(Napi::Boolean::New(info.Env(), *announced)) : info.Env().Null();
}

}  // namespace rxgst
