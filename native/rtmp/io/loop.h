// The I/O thread: one for all RTMP connections of the process.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rxgst::rtmp {

/** What the loop calls, in its own thread. */
class IoHandler {
 public:
  /** @param events of epoll */
  virtual void on_ready(uint32_t events) = 0;
  virtual void on_deadline() = 0;

 protected:
  ~IoHandler() = default;
};

class IoLoop {
 public:
  /** Begins its thread with the first call. It sleeps while there is nothing to do, and is never destroyed. */
  static IoLoop& shared();

  /** Runs `work` in the I/O thread, in order. Any thread. */
  void post(std::function<void()> work);

  // The I/O thread alone

  /** Calls the handler when the descriptor is ready for `events`; again: for others. */
  bool watch(int fd, uint32_t events, IoHandler* handler);
  void forget(int fd);
  /** One for each handler, in µs of the monotonic clock; 0: none. */
  void set_deadline(IoHandler* handler, int64_t at_us);
  /** Runs `work` at that time, once. */
  void post_at(int64_t at_us, std::function<void()> work);
  /** For what a socket gives; its content lasts until the handler returns. */
  std::span<uint8_t> buffer() { return buffer_; }

 private:
  struct Watched {
    IoHandler* handler;
    /** A descriptor's number may come again within one round of events. */
    uint32_t serial;
    uint32_t events;
  };

  IoLoop();
  void run();
  void run_posted();
  bool has_posted();
  int timeout_ms() const;
  void run_deadlines();

  int epoll_, wake_;
  /** Its own, once it runs. */
  std::atomic<std::thread::id> thread_{};
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;

  std::unordered_map<int, Watched> watched_;
  uint32_t serial_ = 0;
  std::set<std::pair<int64_t, IoHandler*>> deadlines_;
  std::map<IoHandler*, int64_t> deadline_of_;
  std::vector<uint8_t> buffer_;
};

}  // namespace rxgst::rtmp
