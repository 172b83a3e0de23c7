// Work on pictures, off the JS thread: a few pieces at a time, and a bounded number that waits.
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace rxgst {

/**
 * A queue of work for workers, in order of arrival. One for a process, for ever: work may outlive environments. Work
 * runs after GStreamer has started, and what a caller prepares for it on the JS thread must not need GStreamer.
 */
class WorkLane {
 public:
  /** @param running pieces at work at once; @param waiting pieces in the queue */
  WorkLane(size_t running, size_t waiting) : most_running_(running), most_waiting_(waiting) {}
  /** Any thread. False: too many wait. */
  bool add(std::function<void()> work);

 private:
  void run();

  const size_t most_running_;
  const size_t most_waiting_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> waiting_;
  size_t running_ = 0;
};

/** Half of the processors, so that decoders keep the other half; 64 waiting pictures of 1080p are 400 MB at most. */
WorkLane& still_lane();
/** For work that takes about a millisecond and that somebody waits for: it is not queued behind stills. */
WorkLane& drawing_lane();

}  // namespace rxgst
