#include "js/strand.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <utility>

#include "js/js.h"

namespace rxgst {
namespace {

/** The wait is made of slices: a process that stands still finds one of them over when it goes on, and not all. */
constexpr int slice_ms = 10;

}  // namespace

void Strand::post(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    if (std::exchange(running_, true)) return;
  }
  run_detached([self = shared_from_this()] { self->drain(); });
}

void Strand::drain() {
  for (;;) {
    std::function<void()> work;
    {
      std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        running_ = false;
        return;
      }
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

bool Strand::run(std::function<void()> work, int ms) {
  struct Result {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  auto result = std::make_shared<Result>();
  post([result, work = std::move(work)] {
    work();
    {
      std::lock_guard lock(result->mutex);
      result->done = true;
    }
    result->changed.notify_all();
  });
  std::unique_lock lock(result->mutex);
  const auto done = [&] { return result->done; };
  for (int left_ms = ms; left_ms > 0; left_ms -= slice_ms) {
    if (result->changed.wait_for(lock, std::chrono::milliseconds(std::min(left_ms, slice_ms)), done)) return true;
  }
  return result->done;
}

}  // namespace rxgst
