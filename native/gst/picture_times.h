// When something happened to a picture, found again by its timestamp.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

namespace rxgst {

/** A ring: written by one thread, read by another. 256 pictures are more than an encoder, a decoder and a queue hold.
 */
class PictureTimes {
 public:
  void note(int64_t pts, int64_t at) {
    std::lock_guard lock(mutex_);
    ring_[next_++ % ring_.size()] = {pts, at};
  }
  std::optional<int64_t> of(int64_t pts) const {
    std::lock_guard lock(mutex_);
    for (size_t back = 1; back <= ring_.size(); ++back) {
      const Entry& entry = ring_[(next_ - back) % ring_.size()];
      if (entry.pts == pts) return entry.at;
    }
    return std::nullopt;
  }
  void clear() {
    std::lock_guard lock(mutex_);
    ring_ = {};
  }

 private:
  struct Entry {
    int64_t pts = INT64_MIN;
    int64_t at = 0;
  };
  mutable std::mutex mutex_;
  std::array<Entry, 256> ring_{};
  size_t next_ = 1 << 20;
};

}  // namespace rxgst
