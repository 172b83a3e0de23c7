#include "capture/track_gate.h"

#include <optional>
#include <string_view>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/probe.h"
#include "js/js.h"

namespace rxgst {

GstEvent* whole_segment(GstEvent* event) {
  GstSegment whole;
  gst_segment_init(&whole, GST_FORMAT_TIME);
  GstEvent* replaced = gst_event_new_segment(&whole);
  gst_event_set_seqnum(replaced, gst_event_get_seqnum(event));
  return replaced;
}

namespace {

/** By the pad's name, or in RTP by its caps; none: the pad has neither pictures nor sound. */
std::optional<Track> track_of(GstPad* pad) {
  CapsRef caps(gst_pad_get_current_caps(pad));
  if (!caps) caps.reset(gst_pad_query_caps(pad, nullptr));
  const std::string_view media = media_of(caps.get());
  const char* kind = nullptr;
  if (media == "application/x-rtp") kind = gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media");
  const std::string_view name(kind ? kind : GST_PAD_NAME(pad));
  if (name.starts_with("video")) return Track::video;
  return name.starts_with("audio") ? std::optional(Track::audio) : std::nullopt;
}

/** The media type, or in RTP the media and the name of the payload. */
std::string codec_of(const GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const char* payload = gst_structure_get_string(structure, "encoding-name");
  if (!payload) return gst_structure_get_name(structure);
  const char* media = gst_structure_get_string(structure, "media");
  return std::string(media ? media : "video") + "/" + payload;
}

}  // namespace

TrackGateState::TrackGateState(std::shared_ptr<TimelineState> timeline, const std::string& video,
                               const std::string& audio, bool keeps_segments)
    : timeline_(std::move(timeline)), keeps_segments_(keeps_segments) {
  gates_[static_cast<size_t>(Track::video)].decoded.reset(gst_caps_from_string(video.c_str()));
  gates_[static_cast<size_t>(Track::audio)].decoded.reset(gst_caps_from_string(audio.c_str()));
}

bool TrackGateState::keep_picture(Gate& gate, GstPad* pad) {
  if (gate.open) {
    pictures_ = true;
    foreign_ = 0;
    return true;
  }
  ++foreign_;
  // A pad that begins with another codec has found no branch.
  if (foreign_ >= (pictures_ ? max_foreign : 1)) {
    refused_ = true;
    undecoded_.report(pad, "video", gate.codec, true);
  }
  return false;
}

bool TrackGateState::keep_audio(Gate& gate, GstPad* pad) {
  if (gate.open) {
    undecoded_.audio_decoded();
    return true;
  }
  undecoded_.report(pad, "audio", gate.codec, false);
  // No picture waits for this audio, whatever the metadata says.
  timeline_->announce_audio(false);
  if (undecoded_.audio_alone(*timeline_, pictures_)) {
    refused_ = true;
    undecoded_.report(pad, "audio", gate.codec, true);
  }
  return false;
}

GstPadProbeReturn TrackGateState::on_event(Gate& gate, GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  // A decoder would give up its references for the gap of a slow track; here nobody waits for a quiet one.
  if (GST_EVENT_TYPE(event) == GST_EVENT_GAP) return GST_PAD_PROBE_DROP;
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT && !keeps_segments_) {
    GST_PAD_PROBE_INFO_DATA(info) = whole_segment(event);
    gst_event_unref(event);
    return GST_PAD_PROBE_OK;
  }
  GstCaps* caps = caps_of_event(info);
  if (!caps) return GST_PAD_PROBE_OK;
  gate.open = gst_caps_can_intersect(gate.decoded.get(), caps);
  gate.codec = codec_of(caps);
  return gate.open ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

GstPadProbeReturn TrackGateState::on_data(Track track, GstPad* pad, GstPadProbeInfo* info) {
  std::lock_guard lock(mutex_);
  Gate& gate = gates_[static_cast<size_t>(track)];
  if (!(GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER)) return on_event(gate, info);
  ++buffers_;
  if (refused_) return GST_PAD_PROBE_DROP;
  const bool kept = track == Track::video ? keep_picture(gate, pad) : keep_audio(gate, pad);
  return kept ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

bool TrackGateState::begin(Track track) {
  std::lock_guard lock(mutex_);
  const bool first = !std::exchange(gates_[static_cast<size_t>(track)].begun, true);
  return first || !keeps_segments_;
}

void TrackGateState::begin_anew(bool video, bool audio) {
  std::lock_guard lock(mutex_);
  if (video) gates_[static_cast<size_t>(Track::video)].begun = false;
  if (audio) gates_[static_cast<size_t>(Track::audio)].begun = false;
}

namespace {

/** What the signal of a demuxer needs. */
struct PadWatch {
  std::shared_ptr<TrackGateState> gate;
  std::optional<Track> only;
};

/** Streaming thread. */
void watch_pad(GstElement*, GstPad* pad, gpointer data) {
  const PadWatch& watch = *static_cast<PadWatch*>(data);
  const auto track = track_of(pad);
  if (!track || (watch.only && *watch.only != *track) || !watch.gate->begin(*track)) return;
  add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [gate = watch.gate, track = *track](GstPad* at, GstPadProbeInfo* what) {
              return gate->on_data(track, at, what);
            });
}

}  // namespace

void TrackGateState::watch(GstElement* source, const std::shared_ptr<TrackGateState>& state,
                           std::optional<Track> only) {
  g_signal_connect_data(source, "pad-added", G_CALLBACK(watch_pad), new PadWatch{state, only},
                        delete_closure_data<PadWatch>, static_cast<GConnectFlags>(0));
}

void TrackGateState::no_more() {
  std::lock_guard lock(mutex_);
  if (!gates_[static_cast<size_t>(Track::audio)].begun) timeline_->announce_audio(false);
}

Napi::Function TrackGate::define(Napi::Env env) {
  return DefineClass(env, "TrackGate",
                     {InstanceMethod("buffers", &TrackGate::buffers), InstanceMethod("close", &TrackGate::close)});
}

/**
 * new TrackGate(source, timeline, videoCaps, audioCaps, keepsSegments, apart): what is decoded, as caps; before data
 * flows. Of several tracks of a kind the first one is taken. `apart`: sound does not come from this element.
 */
TrackGate::TrackGate(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TrackGate>(info) {
  auto timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  const std::string video = info[2].ToString(), audio = info[3].ToString();
  state_ = std::make_shared<TrackGateState>(std::move(timeline), video, audio, info[4].ToBoolean());
  const ObjectRef<GstElement> source = element_argument(info[0]);
  const bool apart = info[5].ToBoolean();
  TrackGateState::watch(source.get(), state_, apart ? std::optional(Track::video) : std::nullopt);
  if (!info[4].ToBoolean() || apart) return;
  using Shared = std::shared_ptr<TrackGateState>;
  g_signal_connect_data(source.get(), "no-more-pads",
                        G_CALLBACK(+[](GstElement*, gpointer data) { (*static_cast<Shared*>(data))->no_more(); }),
                        new Shared(state_), delete_closure_data<Shared>, static_cast<GConnectFlags>(0));
}

/** buffers(): of all tracks that came, decoded or not. */
Napi::Value TrackGate::buffers(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->buffers()));
}

Napi::Value TrackGate::close(const Napi::CallbackInfo& info) {
  state_->shut();
  return info.Env().Undefined();
}

}  // namespace rxgst
