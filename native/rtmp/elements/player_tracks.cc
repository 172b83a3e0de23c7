// What Player does with each frame of a message before it goes to a pad: its codec, its configuration.
#include <algorithm>
#include <utility>

#include "rtmp/elements/pads.h"
#include "rtmp/elements/player.h"
#include "rtmp/elements/properties.h"
#include "rtmp/elements/record.h"

namespace rxgst::rtmp {

namespace {

/** Parameter sets take some hundred bytes; a server must not make every codec keep a message. */
constexpr size_t most_config_bytes = 64 << 10;
/** Messages in a row that are no pictures of any codec: the server sends noise. Fewer where nothing came before. */
constexpr int most_nonsense = 25;
constexpr int most_nonsense_at_begin = 5;

bool same(const SoundFormat& a, const SoundFormat& b) {
  return a.rate == b.rate && a.bits == b.bits && a.channels == b.channels;
}

Payload part_of(const MediaMessage& message, const Frame& frame) {
  const auto from = static_cast<size_t>(frame.payload.data() - message.payload.bytes.data());
  return message.payload.small_part(from, frame.payload.size());
}

/** Codecs whose pictures hold what the record repeats: they are taken without one. */
bool plays_without_record(Codec codec) { return codec == Codec::av1; }

}  // namespace

/** Counts messages that are no pictures; false: the server sends noise, which is told. */
bool Player::is_sense(bool readable) {
  nonsense_ = readable ? 0 : nonsense_ + 1;
  if (nonsense_ < (tracks_[video].pad ? most_nonsense : most_nonsense_at_begin)) return true;
  return fail_media("The server sends pictures that no codec writes");
}

/** Always false. */
bool Player::fail_media(const std::string& why) {
  post_failure(element_, {"ERR_BAD_STREAM", why, "media", {}, {}, false});
  return false;
}

/** Whether the track has another configuration from here on. */
bool Player::take_config(Track* track, const Frame& frame) {
  std::vector<uint8_t>& config = track->configs[track->codec];
  const bool usable = is_usable_record(track->codec, frame.payload) && frame.payload.size() <= most_config_bytes;
  if (!usable) {
    records_left_out_.fetch_add(1, std::memory_order_relaxed);
    news_.tell_unusable(frame);
    // A first one goes to whoever reads the stream, and is refused there.
    const bool first = config.empty() && frame.payload.size() <= most_config_bytes;
    if (!first || plays_without_record(track->codec)) return !track->format;
  }
  if (track->format && std::ranges::equal(config, frame.payload)) return false;
  config.assign(frame.payload.begin(), frame.payload.end());
  track->format.reset();
  return true;
}

GstFlowReturn Player::process_frame(const Frame& frame, const MediaMessage& message) {
  // A name and a value, as script data is: `colorInfo`.
  if (frame.kind == FrameKind::metadata && frame.track == options_.video_track)
    return push_script(part_of(message, frame), 0, time_ns(message) + frame.nano);
  if (frame.kind != FrameKind::config && frame.kind != FrameKind::media) return GST_FLOW_OK;
  news_.tell_track(frame);
  if (frame.track != (frame.video ? options_.video_track : options_.audio_track)) return GST_FLOW_OK;
  if (frame.codec == Codec::unknown) {
    // Noise names another number each time.
    doubtful_ = frame.video && !frame.enhanced && std::exchange(unknown_number_, frame.codec_id) != frame.codec_id;
    if (!doubtful_) news_.tell_unknown(frame);
    return GST_FLOW_OK;
  }
  Track& track = tracks_[frame.video ? video : audio];
  const int64_t time = time_ns(message) + frame.nano;
  if (frame.codec != track.codec || !same(frame.sound, track.sound)) {
    // AAC's own header says nothing about its sound.
    if (frame.codec != track.codec || frame.codec != Codec::aac) track.format.reset();
    track.codec = frame.codec;
    track.sound = frame.sound;
  }
  if (frame.kind == FrameKind::config && !take_config(&track, frame)) return GST_FLOW_OK;
  const bool media = frame.kind == FrameKind::media;
  if (!track.format && !choose_format(&track, frame, media)) {
    return !media || bears_unconfigured(&track, frame) ? GST_FLOW_OK : GST_FLOW_CUSTOM_ERROR;
  }
  track.unconfigured_us = 0;
  track.keyed_in_vain = false;
  if (!track.pad) {
    open_pad(&track, frame.video ? "video" : "audio", track.format->caps.get());
    tell_all_pads();
  }
  if (!media || frame.payload.empty()) return GST_FLOW_OK;
  return push(&track, frame, part_of(message, frame), time);
}

/** Media that no configuration goes with; false: they have come for long, and nothing else has. It is told. */
bool Player::bears_unconfigured(Track* track, const Frame& frame) {
  // Parameter sets may stand in a keyframe, which is still to come.
  if (frame.key) track->keyed_in_vain = true;
  if (!news_.note_unconfigured(frame, &track->unconfigured_us) || !track->keyed_in_vain) return true;
  // Sound alone makes a stream, and so do pictures.
  if (tracks_[video].pad || tracks_[audio].pad || !frame.video) return true;
  return fail_media("The server sends pictures of " + codec_text(frame) + " without a configuration of their codec");
}

bool Player::choose_format(Track* track, const Frame& frame, bool media) {
  track->format = format_of(frame, track->configs[track->codec], media);
  if (!track->format) return false;
  if (track->pad) set_pad_caps(track->pad, track->format->caps.get());
  return true;
}

}  // namespace rxgst::rtmp
