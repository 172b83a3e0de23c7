#include "rtmp/tags/tag_reader.h"

#include "rtmp/tags/tag_numbers.h"

namespace rxgst::rtmp {

namespace {

constexpr uint32_t most_nano = 999'999;

int32_t with_sign(uint32_t bits24) { return static_cast<int32_t>(bits24 << 8) >> 8; }

SoundFormat sound_of(uint8_t head) {
  static constexpr int rates[] = {5512, 11'025, 22'050, 44'100};
  const int id = head >> 4;
  SoundFormat sound{rates[head >> 2 & 3], head & 2 ? 16 : 8, head & 1 ? 2 : 1};
  // Some numbers say the rate themselves.
  if (id == 4) sound = {16'000, 16, 1};
  if (id == 5 || id == 7 || id == 8 || id == 14) sound.rate = 8000;
  if (id == 11) sound = {16'000, 16, 1};
  return sound;
}

}  // namespace

bool TagReader::fail(const char* what) {
  wrong_ = what;
  state_ = State::over;
  return false;
}

uint32_t TagReader::take(int bytes) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | rest_[static_cast<size_t>(i)];
  rest_ = rest_.subspan(static_cast<size_t>(bytes));
  return value;
}

bool TagReader::next(Frame* out) {
  if (state_ == State::over) return false;
  if (state_ == State::tracks) return track(out);
  state_ = State::over;
  common_.video = video_;
  if (rest_.empty()) {
    if (video_) return false;
    common_.kind = FrameKind::silence;
    *out = common_;
    return true;
  }
  if (video_) return rest_[0] & enhanced_video ? enhanced(out) : flv_video(out);
  return rest_[0] >> 4 == enhanced_audio ? enhanced(out) : flv_audio(out);
}

bool TagReader::flv_video(Frame* out) {
  const auto head = static_cast<uint8_t>(take(1));
  if (!may_be_flv_picture(head)) return fail("is no picture of any codec");
  const int type = head >> 4;
  common_.codec_id = head & 15;
  common_.codec = codec_of_video_id(common_.codec_id);
  common_.key = type == key_frame || type == generated_key;
  common_.disposable = type == disposable_frame;
  common_.kind = FrameKind::media;
  if (type == command_frame) {
    common_.kind = FrameKind::command;
  } else if (is_avc_like(common_.codec_id)) {
    if (rest_.size() < 4) return fail("ends within a video header");
    const uint32_t packet = take(1);
    common_.composition_ms = packet == 1 ? with_sign(take(3)) : (take(3), 0);
    common_.kind = packet == 0   ? FrameKind::config
                   : packet == 1 ? FrameKind::media
                   : packet == 2 ? FrameKind::end
                                 : FrameKind::unknown;
  }
  common_.payload = rest_;
  *out = common_;
  return true;
}

bool TagReader::flv_audio(Frame* out) {
  const auto head = static_cast<uint8_t>(take(1));
  common_.codec_id = head >> 4;
  common_.codec = codec_of_audio_id(common_.codec_id);
  common_.sound = sound_of(head);
  common_.kind = FrameKind::media;
  if (common_.codec_id == flv_aac) {
    if (rest_.empty()) return fail("ends within an audio header");
    const uint32_t packet = take(1);
    common_.kind = packet == 0 ? FrameKind::config : packet == 1 ? FrameKind::media : FrameKind::unknown;
  }
  common_.payload = rest_;
  *out = common_;
  return true;
}

bool TagReader::extensions(uint8_t* packet_type) {
  while (*packet_type == mod_ex) {
    if (rest_.empty()) return fail("ends within an extension");
    size_t size = take(1) + 1;
    if (size == 256) {
      if (rest_.size() < 2) return fail("ends within an extension");
      size = take(2) + 1;
    }
    if (rest_.size() < size + 1) return fail("ends within an extension");
    const auto data = rest_.first(size);
    rest_ = rest_.subspan(size);
    const uint32_t next = take(1);
    if (next >> 4 == 0 && size >= 3) {
      const uint32_t nano = static_cast<uint32_t>(data[0]) << 16 | static_cast<uint32_t>(data[1]) << 8 | data[2];
      common_.nano = nano <= most_nano ? nano : most_nano;
    }
    *packet_type = next & 15;
  }
  return true;
}

bool TagReader::take_four_cc() {
  if (rest_.size() < 4) return fail("ends within a FourCC");
  common_.four_cc = take(4);
  common_.codec = codec_of_four_cc(common_.four_cc);
  return true;
}

bool TagReader::enhanced(Frame* out) {
  const auto head = static_cast<uint8_t>(take(1));
  common_.enhanced = true;
  packet_type_ = head & 15;
  if (!extensions(&packet_type_)) return false;
  if (video_) {
    const int type = head >> 4 & 7;
    common_.key = type == key_frame || type == generated_key;
    common_.disposable = type == disposable_frame;
    if (type == command_frame && packet_type_ != video_metadata_packet) {
      common_.kind = FrameKind::command;
      common_.payload = rest_;
      *out = common_;
      return true;
    }
  }
  const uint8_t multitrack = video_ ? video_multitrack : audio_multitrack;
  const bool several = packet_type_ == multitrack;
  if (several) {
    if (rest_.empty()) return fail("ends within a header of tracks");
    const uint32_t how = take(1);
    packet_type_ = how & 15;
    if (packet_type_ == multitrack || packet_type_ == mod_ex) return fail("has tracks within tracks");
    if (how >> 4 > static_cast<uint32_t>(Tracks::many_codecs)) return fail("has tracks of an unknown kind");
    tracks_ = static_cast<Tracks>(how >> 4);
  }
  if ((!several || tracks_ != Tracks::many_codecs) && !take_four_cc()) return false;
  if (!several) return body(rest_, out);
  state_ = State::tracks;
  return track(out);
}

bool TagReader::track(Frame* out) {
  if (rest_.empty()) {
    state_ = State::over;
    return false;
  }
  if (tracks_ == Tracks::many_codecs && !take_four_cc()) return false;
  if (rest_.empty()) return fail("ends within a track's header");
  common_.track = static_cast<uint8_t>(take(1));
  if (tracks_ == Tracks::one) {
    state_ = State::over;
    return body(rest_, out);
  }
  if (rest_.size() < 3) return fail("ends within a track's header");
  const size_t size = take(3);
  if (size > rest_.size()) return fail("ends within a track");
  const auto bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return body(bytes, out);
}

bool TagReader::body(std::span<const uint8_t> bytes, Frame* out) {
  *out = common_;
  switch (packet_type_) {
    case sequence_start:
      out->kind = FrameKind::config;
      break;
    case coded_frames:
      out->kind = FrameKind::media;
      if (video_ && has_composition(common_.codec)) {
        if (bytes.size() < 3) return fail("ends within a composition time");
        out->composition_ms =
            with_sign(static_cast<uint32_t>(bytes[0]) << 16 | static_cast<uint32_t>(bytes[1]) << 8 | bytes[2]);
        bytes = bytes.subspan(3);
      }
      break;
    case sequence_end:
      out->kind = FrameKind::end;
      break;
    case coded_frames_x:
      out->kind = video_ ? FrameKind::media : FrameKind::unknown;
      break;
    case video_metadata_packet:
      out->kind = video_ ? FrameKind::metadata : FrameKind::channels;
      break;
    case ts_sequence_start:
      out->kind = video_ ? FrameKind::ts_config : FrameKind::unknown;
      break;
    default:
      out->kind = FrameKind::unknown;
      break;
  }
  out->payload = bytes;
  return true;
}

bool has_media(bool video, std::span<const uint8_t> message) {
  TagReader reader(video, message);
  Frame frame;
  while (reader.next(&frame)) {
    const bool maybe = frame.kind == FrameKind::media || frame.kind == FrameKind::unknown;
    if (maybe && !frame.payload.empty()) return true;
  }
  return false;
}

}  // namespace rxgst::rtmp
