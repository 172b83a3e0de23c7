#include "rtmp/io/loop.h"

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <memory>
#include <thread>

namespace rxgst::rtmp {

namespace {

/** Some pictures at once, and a fraction of what a kernel keeps. */
constexpr size_t buffer_bytes = 256 << 10;
/** How often a loop without epoll looks for work. */
constexpr auto broken_poll = std::chrono::milliseconds(10);

}  // namespace

IoLoop& IoLoop::shared() {
  // Never destroyed: while the process exits, elements may still be stopping.
  static IoLoop& loop = *new IoLoop();
  return loop;
}

IoLoop::IoLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  buffer_.resize(buffer_bytes);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = UINT64_MAX;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  std::thread([this] {
    pthread_setname_np(pthread_self(), "rxgst-rtmp");
    // The program's signals are for its own threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    run();
  }).detach();
}

void IoLoop::post(std::function<void()> work) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  // The thread takes all that waits at once, and its own before it sleeps.
  if (!first || std::this_thread::get_id() == thread_) return;
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

bool IoLoop::watch(int fd, uint32_t events, IoHandler* handler) {
  const auto found = watched_.find(fd);
  if (found != watched_.end() && found->second.handler == handler && found->second.events == events) return true;
  const bool known = found != watched_.end();
  const uint32_t serial = known && found->second.handler == handler ? found->second.serial : ++serial_;
  watched_[fd] = {handler, serial, events};
  epoll_event event{};
  event.events = events;
  event.data.u64 = uint64_t{serial} << 32 | static_cast<uint32_t>(fd);
  return epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0;
}

void IoLoop::forget(int fd) {
  if (watched_.erase(fd) > 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void IoLoop::set_deadline(IoHandler* handler, int64_t at_us) {
  if (const auto found = deadline_of_.find(handler); found != deadline_of_.end()) {
    deadlines_.erase({found->second, handler});
    deadline_of_.erase(found);
  }
  if (at_us == 0) return;
  deadlines_.emplace(at_us, handler);
  deadline_of_[handler] = at_us;
}

namespace {

/** Ends with its deadline. */
class Once final : public IoHandler {
 public:
  explicit Once(std::function<void()> work) : work_(std::move(work)) {}
  void on_ready(uint32_t) override {}
  void on_deadline() override {
    const std::unique_ptr<Once> self(this);
    work_();
  }

 private:
  std::function<void()> work_;
};

}  // namespace

void IoLoop::post_at(int64_t at_us, std::function<void()> work) { set_deadline(new Once(std::move(work)), at_us); }

int IoLoop::timeout_ms() const {
  if (deadlines_.empty()) return -1;
  const int64_t left_us = deadlines_.begin()->first - g_get_monotonic_time();
  return static_cast<int>(std::clamp<int64_t>((left_us + 999) / 1000, 0, INT_MAX));
}

void IoLoop::run_posted() {
  std::vector<std::function<void()>> work;
  {
    std::lock_guard lock(mutex_);
    work.swap(posted_);
  }
  for (const auto& each : work) each();
}

void IoLoop::run_deadlines() {
  const int64_t now_us = g_get_monotonic_time();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_us) {
    IoHandler* const handler = deadlines_.begin()->second;
    set_deadline(handler, 0);
    handler->on_deadline();
  }
}

bool IoLoop::has_posted() {
  std::lock_guard lock(mutex_);
  return !posted_.empty();
}

void IoLoop::run() {
  thread_ = std::this_thread::get_id();
  std::array<epoll_event, 64> events;
  for (;;) {
    const int wait_ms = has_posted() ? 0 : timeout_ms();
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
    // Without descriptors for its own (EMFILE when it began) nothing wakes it: it looks by itself, and does not spin.
    if (count < 0 && errno != EINTR) std::this_thread::sleep_for(broken_poll);
    for (int i = 0; i < count; ++i) {
      const uint64_t about = events[static_cast<size_t>(i)].data.u64;
      if (about == UINT64_MAX) {
        uint64_t ignored;
        [[maybe_unused]] const auto got = read(wake_, &ignored, sizeof ignored);
        continue;
      }
      const auto found = watched_.find(static_cast<int>(about & UINT32_MAX));
      if (found == watched_.end() || found->second.serial != about >> 32) continue;
      found->second.handler->on_ready(events[static_cast<size_t>(i)].events);
    }
    run_posted();
    run_deadlines();
  }
}

}  // namespace rxgst::rtmp
