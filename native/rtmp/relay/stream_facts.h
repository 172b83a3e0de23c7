// What an input says of its stream: codecs, and the numbers in its metadata.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/protocol/events.h"
#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/** Numbers as metadata claim them; 0: they do not say. */
struct ClaimedFacts {
  double width = 0, height = 0, fps = 0, sample_rate = 0;
  int channels = 0;
};

class StreamFacts {
 public:
  struct Track {
    bool video = false;
    uint8_t id = 0;
    /** Its FourCC, or FLV's number. */
    std::string codec;
    bool operator==(const Track&) const = default;
  };

  void take_frame(const Frame& frame);
  void take_metadata(const MediaMessage& message);

  /** Whether pictures have come, or are promised. */
  bool has_pictures() const { return pictures_; }
  /** Of each kind the first 16 that came. */
  const std::vector<Track>& tracks() const { return tracks_; }
  const ClaimedFacts& claimed() const { return claimed_; }
  /** Grows with each change of what is here. */
  uint32_t serial() const { return serial_; }

 private:
  /** Of the last frame of each kind: most frames say the same. */
  std::array<uint32_t, 2> last_{};
  std::vector<Track> tracks_;
  ClaimedFacts claimed_;
  bool pictures_ = false;
  uint32_t serial_ = 0;
};

}  // namespace rxgst::rtmp
