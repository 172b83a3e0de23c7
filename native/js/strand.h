// Work off the JS thread, one piece behind the other.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace rxgst {

/** Runs what is posted in order, on threads of the shared pool; without any thread while there is nothing to do. */
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  void post(std::function<void()> work);
  /**
   * Runs `work` and waits for it, at most `ms`; false: it is not through yet and goes on by itself. For calls of JS
   * that must see their effect, into elements whose locks a streaming thread may hold.
   */
  bool run(std::function<void()> work, int ms);

 private:
  void drain();

  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> waiting_;
  bool running_ = false;
};

}  // namespace rxgst
