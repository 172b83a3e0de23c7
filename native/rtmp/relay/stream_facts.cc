#include "rtmp/relay/stream_facts.h"

#include <algorithm>

#include "rtmp/protocol/script_data.h"

namespace rxgst::rtmp {

namespace {

constexpr size_t most_tracks = 32;
constexpr amf::Limits metadata_limits{16, 2048, 64 << 10};

std::string codec_of(const Frame& frame) {
  if (!frame.enhanced) return std::to_string(frame.codec_id);
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char letter = static_cast<char>(frame.four_cc >> shift);
    text += letter > ' ' && letter < 127 ? letter : '?';
  }
  return text;
}

/** Zero, where it is no number that anybody means. */
double sane(double number) { return number > 0 && number < 1e9 ? number : 0; }

}  // namespace

void StreamFacts::take_frame(const Frame& frame) {
  if (frame.kind != FrameKind::config && frame.kind != FrameKind::media) return;
  if (frame.video) pictures_ = true;
  const uint32_t code = frame.enhanced ? frame.four_cc : static_cast<uint32_t>(frame.codec_id);
  uint32_t& last = last_[frame.video];
  const uint32_t mark = (code ^ uint32_t{frame.track} << 8) + 1;
  if (last == mark) return;
  last = mark;
  const Track track{frame.video, frame.track, codec_of(frame)};
  const auto found =
      std::ranges::find_if(tracks_, [&](const Track& it) { return it.video == track.video && it.id == track.id; });
  if (found == tracks_.end()) {
    if (tracks_.size() == most_tracks) return;
    tracks_.push_back(track);
  } else if (*found == track) {
    return;
  } else {
    *found = track;
  }
  ++serial_;
}

void StreamFacts::take_metadata(const MediaMessage& message) {
  const ScriptData data = read_script_data(message, metadata_limits);
  if (data.values.empty() || !data.values.back().has_names()) return;
  const amf::Value& facts = data.values.back();
  const auto number = [&](std::string_view name) { return sane(facts.number_of(name, 0)); };
  claimed_ = {number("width"), number("height"), number("framerate"), number("audiosamplerate"), 0};
  claimed_.channels = static_cast<int>(number("audiochannels"));
  const amf::Value* const stereo = facts.find("stereo");
  if (claimed_.channels == 0 && stereo && stereo->is(amf::Value::Type::boolean))
    claimed_.channels = stereo->number != 0 ? 2 : 1;
  // 0: a server filled in what it has not got.
  const amf::Value* const codec = facts.find("videocodecid");
  if (codec && !(codec->is(amf::Value::Type::number) && codec->number == 0)) pictures_ = true;
  ++serial_;
}

}  // namespace rxgst::rtmp
