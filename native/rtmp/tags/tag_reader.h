// Reads the headers within audio and video messages: FLV's own, and those of Enhanced RTMP v2.
#pragma once
#include <cstdint>
#include <span>

#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/**
 * The frames of one message, one after the other; a message with several tracks has several. Nothing is copied or
 * allocated, and each byte is looked at once.
 *
 *     TagReader reader(true, payload);
 *     Frame frame;
 *     while (reader.next(&frame)) …
 *     if (reader.wrong()) …
 */
class TagReader {
 public:
  TagReader(bool video, std::span<const uint8_t> message) : video_(video), rest_(message) {}

  /** False: there is no further one, or what follows is not readable. */
  bool next(Frame* out);

  /** What is wrong, as part of a sentence; null: nothing. */
  const char* wrong() const { return wrong_; }

 private:
  enum class State : uint8_t { head, tracks, over };
  enum class Tracks : uint8_t { one, many, many_codecs };

  bool fail(const char* what);
  bool flv_video(Frame* out);
  bool flv_audio(Frame* out);
  bool enhanced(Frame* out);
  bool extensions(uint8_t* packet_type);
  bool take_four_cc();
  bool track(Frame* out);
  bool body(std::span<const uint8_t> bytes, Frame* out);
  uint32_t take(int bytes);

  bool video_;
  std::span<const uint8_t> rest_;
  const char* wrong_ = nullptr;
  State state_ = State::head;
  Tracks tracks_ = Tracks::one;
  uint8_t packet_type_ = 0;
  /** What all frames of the message share. */
  Frame common_;
};

/**
 * Whether a message has something that is shown or heard at its time. Configurations, ends and descriptions have not:
 * many a server sends them with the time 0, whenever it is.
 */
bool has_media(bool video, std::span<const uint8_t> message);

}  // namespace rxgst::rtmp
