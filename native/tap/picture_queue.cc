#include "tap/picture_queue.h"

#include <chrono>
#include <optional>
#include <utility>

#include "js/js.h"
#include "tap/sink_feed.h"

namespace rxgst {
namespace {

/** How long 'block' waits for memory before a picture is lost: longer than a consumer works on one picture. */
constexpr int64_t memory_wait_us = 2'000'000;
/** How often the wait for memory looks again. */
constexpr auto memory_poll = std::chrono::milliseconds(5);

}  // namespace

bool PictureQueue::admit(bool discontinuity) {
  std::unique_lock lock(mutex_);
  lost_discontinuity_ |= discontinuity;
  if (policy_ == DropPolicy::block) {
    waiting_ = true;
    changed_.wait(lock, [&] { return pictures_.size() < capacity || closed_ || policy_ != DropPolicy::block; });
    waiting_ = false;
  }
  if (closed_) return false;
  if (policy_ != DropPolicy::newest || pictures_.size() < capacity) return true;
  count_drop();
  return false;
}

PooledFrame PictureQueue::allocate(size_t bytes) {
  const int64_t begun = now_us();
  for (;;) {
    if (PooledFrame memory = PooledFrame::take(bytes, account)) {
      std::lock_guard lock(mutex_);
      impatient_ = false;
      return memory;
    }
    std::optional<Picture> dropped;  // gives its memory back after `lock` is released
    std::unique_lock lock(mutex_);
    if (closed_) return {};
    if (policy_ == DropPolicy::block && !impatient_) {
      impatient_ = now_us() - begun > memory_wait_us;
      waiting_ = true;
      // The pool does not notify: the thread that gives memory back does not know of this wait.
      changed_.wait_for(lock, memory_poll, [&] { return closed_ || policy_ != DropPolicy::block; });
      waiting_ = false;
      continue;
    }
    if (policy_ == DropPolicy::oldest && !pictures_.empty()) {
      dropped = drop_oldest();
      lock.unlock();
      continue;
    }
    if (pictures_.empty())
      ++dropped_held_;
    else
      ++dropped_queue_;
    return {};
  }
}

bool PictureQueue::push(Picture picture) {
  std::optional<Picture> dropped;  // gives its memory back after the lock is released
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (pictures_.size() >= capacity) dropped = drop_oldest();
    picture.discontinuity = std::exchange(lost_discontinuity_, false);
    add_lost_captions(picture);
    bytes_ += picture.memory.size();
    pictures_.push_back(std::move(picture));
  }
  changed_.notify_all();
  return true;
}

/** With the mutex held. */
void PictureQueue::count_drop() {
  ++dropped_queue_;
  dropped_unwanted_ += !wanted_;
}

/** With the mutex held. */
void PictureQueue::add_lost_captions(Picture& next) {
  if (!lost_captions_) return;
  next.memory.set_captions(captions::joined(std::exchange(lost_captions_, nullptr), next.memory.captions()));
}

/** With the mutex held; the queue is not empty. */
Picture PictureQueue::drop_oldest() {
  Picture gone = std::move(pictures_.front());
  pictures_.pop_front();
  bytes_ -= gone.memory.size();
  count_drop();
  // A discontinuity stays visible although its first picture is lost.
  if (gone.discontinuity && !pictures_.empty())
    pictures_.front().discontinuity = true;
  else
    lost_discontinuity_ |= gone.discontinuity;
  // Of pictures that somebody takes, captions outlive one that is lost.
  if (wanted_) lost_captions_ = captions::joined(std::move(lost_captions_), gone.memory.captions());
  if (!pictures_.empty()) add_lost_captions(pictures_.front());
  return gone;
}

std::deque<Picture> PictureQueue::take(size_t most, size_t* left) {
  std::deque<Picture> taken;
  {
    std::lock_guard lock(mutex_);
    taken = take_oldest(pictures_, most);
    for (const Picture& picture : taken) bytes_ -= picture.memory.size();
    *left = pictures_.size();
  }
  changed_.notify_all();
  return taken;
}

bool PictureQueue::wait_for_picture(int64_t timeout_us) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(timeout_us),
                    [&] { return !pictures_.empty() || ended_ || closed_; });
  return !pictures_.empty();
}

void PictureQueue::set_policy(DropPolicy policy) {
  {
    std::lock_guard lock(mutex_);
    policy_ = policy;
  }
  changed_.notify_all();
}

void PictureQueue::set_wanted(bool wanted) {
  std::lock_guard lock(mutex_);
  wanted_ = wanted;
}

PictureQueue::Stats PictureQueue::stats() {
  std::lock_guard lock(mutex_);
  Stats stats;
  stats.queued = pictures_.size();
  stats.queued_bytes = bytes_;
  if (!pictures_.empty()) {
    const Picture& newest = pictures_.back();
    stats.queued_time_us = newest.timestamp_us + newest.duration_us - pictures_.front().timestamp_us;
  }
  stats.dropped_queue = dropped_queue_;
  stats.dropped_unwanted = dropped_unwanted_;
  stats.dropped_held = dropped_held_;
  stats.waiting = waiting_;
  stats.ended = ended_;
  return stats;
}

void PictureQueue::end() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

void PictureQueue::close() {
  std::deque<Picture> rest;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    rest.swap(pictures_);
    bytes_ = 0;
  }
  account->leave();
  changed_.notify_all();
}

bool PictureQueue::is_closed() {
  std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace rxgst
