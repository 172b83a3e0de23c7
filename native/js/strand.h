// A strand: work off the JS thread, one piece after the other.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace rxgst {

/** Runs posted work in order, on threads of the shared pool. A strand without work occupies no thread. */
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  void post(std::function<void()> work);
  /**
   * Runs `work` and waits for it, at most `ms`. False: it is not done yet, and goes on alone. For JS calls that must
   * see their effect, on elements whose locks a streaming thread may hold.
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
