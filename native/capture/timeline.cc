#include "capture/timeline.h"

#include <gst/gst.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "gst/element.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "js/js.h"

namespace rxgst {
namespace {

// Metadata is the first tag of a stream, and small.
constexpr size_t max_header_bytes = 16'384;

struct Header {
  std::shared_ptr<TimelineState> timeline;
  std::string seen;
};

/** A codec id in the metadata, a text or a number; a server writes 0 if it does not know the codec. */
std::optional<bool> has_codec(const std::string& seen, size_t from, std::string_view key) {
  const size_t at = seen.find(key, from);
  if (at == std::string::npos) return false;
  const size_t value = at + key.size();
  if (value + 9 > seen.size()) return std::nullopt;  // the rest has not come
  if (seen[value] != 0) return true;                 // AMF0: 0 is a number
  return seen.find_first_not_of('\0', value + 1) < value + 9;
}

/**
 * Streaming thread: notes the time of the next message. flvdemux reads 32 bits of it and moves each track by itself if
 * it goes back, so pictures and audio lose their sync; rtmp2src knows it in 64 bits.
 */
GstPadProbeReturn note_message(TimelineState& timeline, GstPadProbeInfo* info) {
  timeline.message_time = GST_BUFFER_DTS(GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

/** Streaming thread: collects the first bytes of the stream, in chunks of any size, until they hold its metadata. */
GstPadProbeReturn read_header(Header& header, GstPadProbeInfo* info) {
  if (const MappedBuffer bytes(GST_PAD_PROBE_INFO_BUFFER(info)); bytes) {
    header.seen.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  const GstPadProbeReturn again = header.seen.size() > max_header_bytes ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
  const size_t at = header.seen.find("onMetaData");
  if (at == std::string::npos) return again;
  // The object ends with an empty name and the mark 9 (AMF0 2.11).
  if (header.seen.find(std::string("\0\0\x09", 3), at) == std::string::npos) return again;
  const auto picture = has_codec(header.seen, at, "videocodecid");
  const auto audio = has_codec(header.seen, at, "audiocodecid");
  if (picture.value_or(false)) header.timeline->expect_picture();
  // Metadata that names neither codec says nothing about them.
  if (audio && (*audio || picture.value_or(false))) header.timeline->announce_audio(*audio);
  return GST_PAD_PROBE_REMOVE;
}

/** Of an rxrtmpsrc, which reads its metadata itself. */
constexpr char media_announced[] = "media-announced";

/** Streaming thread. */
void note_announcement(GstElement*, gint picture, gint sound, gpointer data) {
  TimelineState& timeline = **static_cast<std::shared_ptr<TimelineState>*>(data);
  if (picture) timeline.expect_picture();
  timeline.announce_audio(sound != 0);
}

}  // namespace

void TimelineState::move_packet(Track track, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const GstClockTime own = GST_BUFFER_DTS_IS_VALID(buffer) ? GST_BUFFER_DTS(buffer) : GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(own)) return;
  const GstClockTime sent = GST_CLOCK_TIME_IS_VALID(message_time) ? message_time : own;
  int64_t placed = 0;
  {
    std::lock_guard lock(placing_);
    placed = packets_.place(track, static_cast<int64_t>(sent), now_us());
    jumps_ = packets_.jumps();
  }
  const int64_t shift = PacketClock::minus(placed, static_cast<int64_t>(own));
  if (shift == 0) return;
  buffer = gst_buffer_make_writable(buffer);
  const auto moved = [&](GstClockTime time) {
    if (!GST_CLOCK_TIME_IS_VALID(time)) return time;
    return static_cast<GstClockTime>(std::max<int64_t>(0, PacketClock::plus(static_cast<int64_t>(time), shift)));
  };
  GST_BUFFER_DTS(buffer) = moved(GST_BUFFER_DTS(buffer));
  GST_BUFFER_PTS(buffer) = moved(GST_BUFFER_PTS(buffer));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
}

void TimelineState::watch_packets(GstPad* pad, Track track) {
  // The pad ends with its pipeline, and the probe ends with the pad. The probe owns the state, and the state owns no
  // pad, so there is no cycle.
  add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, [state = shared_from_this(), track](GstPad*, GstPadProbeInfo* info) {
    state->move_packet(track, info);
    return GST_PAD_PROBE_OK;
  });
}

/**
 * new Timeline(previous, placedLater): the previous connection's timeline of the same capture; absent in a new capture.
 * `placedLater`: each track is placed by a TrackTimes, and not where its pad begins.
 */
Timeline::Timeline(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Timeline>(info) {
  auto clock = info[0].IsObject() ? Unwrap(info[0].As<Napi::Object>())->state_->shared_clock()
                                  : std::make_shared<CaptureClock>();
  state_ = std::make_shared<TimelineState>(std::move(clock), info[1].ToBoolean());
}

Napi::Function Timeline::define(Napi::Env env) {
  return DefineClass(
      env, "Timeline",
      {InstanceMethod("watchHeader", &Timeline::watch_header),
       InstanceMethod("audioAnnounced", &Timeline::audio_announced), InstanceMethod("startAt", &Timeline::start_at),
       InstanceMethod("leaveOutPictures", &Timeline::leave_out_pictures)});
}

/** watchHeader(source): before data flows. */
Napi::Value Timeline::watch_header(const Napi::CallbackInfo& info) {
  const ObjectRef<GstElement> source = element_argument(info[0]);
  if (g_signal_lookup(media_announced, G_OBJECT_TYPE(source.get()))) {
    using Shared = std::shared_ptr<TimelineState>;
    g_signal_connect_data(source.get(), media_announced, G_CALLBACK(note_announcement), new Shared(state_),
                          delete_closure_data<Shared>, static_cast<GConnectFlags>(0));
    return info.Env().Undefined();
  }
  ObjectRef<GstPad> pad(gst_element_get_static_pad(source.get(), "src"));
  if (pad) {
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
              [header = Header{state_, {}}](GstPad*, GstPadProbeInfo* message) mutable {
                return read_header(header, message);
              });
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
              [state = state_](GstPad*, GstPadProbeInfo* message) { return note_message(*state, message); });
  }
  return info.Env().Undefined();
}

/** startAt(µs): running time 0 has this capture time, whatever comes first. */
Napi::Value Timeline::start_at(const Napi::CallbackInfo& info) {
  state_->place({0, static_cast<int64_t>(info[0].ToNumber().DoubleValue())});
  return info.Env().Undefined();
}

/** leaveOutPictures(): none is decoded, so sound waits for none. Before data flows. */
Napi::Value Timeline::leave_out_pictures(const Napi::CallbackInfo& info) {
  state_->leave_out_pictures();
  return info.Env().Undefined();
}

/** audioAnnounced(): whether the stream's metadata announces audio; null: it says nothing. */
Napi::Value Timeline::audio_announced(const Napi::CallbackInfo& info) {
  const auto announced = state_->audio_announced();
  return announced ? Napi::Value(Napi::Boolean::New(info.Env(), *announced)) : info.Env().Null();
}

}  // namespace rxgst
