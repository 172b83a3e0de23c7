// The present group of pictures of an input, so that it can go on air at once.
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "rtmp/relay/passing.h"

namespace rxgst::rtmp {

/** Pictures from the last keyframe on. Of a longer group than fits none are kept: that input waits for the next. */
class KeptGroup {
 public:
  static constexpr size_t most_bytes = 16 << 20, most_pictures = 1200;

  void add(const MediaMessage& message, const Seen& seen) {
    if (!seen.video) return;
    if (seen.content != Content::media || seen.key) clear();
    if (seen.content != Content::media || (pictures_.empty() && !seen.key)) return;
    bytes_ += message.payload.bytes.size();
    pictures_.emplace_back(message, seen);
    if (bytes_ > most_bytes || pictures_.size() > most_pictures) clear();
  }
  bool empty() const { return pictures_.empty(); }
  void clear() {
    pictures_.clear();
    bytes_ = 0;
  }
  const std::vector<std::pair<MediaMessage, Seen>>& pictures() const { return pictures_; }

 private:
  std::vector<std::pair<MediaMessage, Seen>> pictures_;
  size_t bytes_ = 0;
};

}  // namespace rxgst::rtmp
