#include "stills/work_lane.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "gst/library.h"
#include "js/js.h"

namespace rxgst {

bool WorkLane::add(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(work));
    if (running_ >= most_running_) return true;
    ++running_;
  }
  run_detached([this] { run(); });
  return true;
}

void WorkLane::run() {
  // A buffer that is made before GStreamer has started has no type for ever. The start may be under way.
  begin_gstreamer();
  for (;;) {
    std::function<void()> work;
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        --running_;
        return;
      }
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

WorkLane& still_lane() {
  static WorkLane& lane = *new WorkLane(std::clamp<size_t>(std::thread::hardware_concurrency() / 2, 1, 4), 64);
  return lane;
}

WorkLane& drawing_lane() {
  static WorkLane& lane = *new WorkLane(std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 4), 256);
  return lane;
}

}  // namespace rxgst
