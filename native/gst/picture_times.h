// Notes about pictures, found again by timestamp.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace rxgst {

/** A ring buffer of `count` notes: one thread writes, another reads. */
template <class Note, size_t count>
class PictureNotes {
 public:
  void note(int64_t pts, const Note& note) {
    std::lock_guard lock(mutex_);
    ring_[next_++ % count] = {pts, note};
  }
  /** The newest note for this timestamp. */
  std::optional<Note> of(int64_t pts) const {
    std::lock_guard lock(mutex_);
    for (size_t back = 1; back <= count; ++back) {
      const Entry& entry = ring_[(next_ - back) % count];
      if (entry.pts == pts) return entry.note;
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
    Note note{};
  };
  mutable std::mutex mutex_;
  std::array<Entry, count> ring_{};
  size_t next_ = 1 << 20;
};

/**
 * The time of an event for each picture. 256 pictures are more than an encoder, a decoder and a queue hold together.
 */
using PictureTimes = PictureNotes<int64_t, 256>;

}  // namespace rxgst
