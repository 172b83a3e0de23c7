#include "rtmp/elements/play_queue.h"

#include <chrono>
#include <utility>

#include "js/js.h"

namespace rxgst::rtmp {

namespace {

/** Of what the thread behind the queue has not taken: a slow one holds the server back, and not memory. */
constexpr size_t most_queued_bytes = 1 << 20, most_queued_items = 1000;
constexpr auto look_again = std::chrono::milliseconds(100);

}  // namespace

bool PlayQueue::put(Item item) {
  std::lock_guard lock(mutex_);
  if (flushing_ || closed_) return true;
  bytes_ += item.bytes;
  if (item.over) over_us_ = now_us();
  ++count_;
  items_.push_back(std::move(item));
  full_ = bytes_ >= most_queued_bytes || count_ >= most_queued_items;
  changed_.notify_one();
  return !full_;
}

bool PlayQueue::passes() {
  std::lock_guard lock(mutex_);
  return playing_ && items_.empty();
}

void PlayQueue::set_playing(bool playing) {
  std::lock_guard lock(mutex_);
  playing_ = playing;
  played_ = played_ || playing;
  changed_.notify_all();
}

void PlayQueue::put_last(Item item) {
  std::lock_guard lock(mutex_);
  for (const Item& it : items_) bytes_ -= it.bytes;
  count_ -= items_.size();
  items_.clear();
  items_.push_back(std::move(item));
  ++count_;
  changed_.notify_all();
}

void PlayQueue::flush() {
  std::lock_guard lock(mutex_);
  flushing_ = true;
  items_.clear();
  changed_.notify_all();
}

void PlayQueue::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  items_.clear();
}

bool PlayQueue::error_waits() const {
  const bool first = played_ || items_.size() == 1 || now_us() - over_us_ >= longest_way_us;
  return first && !items_.empty() && items_.back().over && items_.back().over->failure;
}

std::optional<Failure> PlayQueue::failure_of_last() {
  // It is the last that a stream says.
  if (items_.empty() || !items_.back().over || !items_.back().over->failure) return {};
  items_.back().over->told = true;
  return std::exchange(items_.back().over->failure, std::nullopt);
}

std::optional<Failure> PlayQueue::take_failure() {
  std::lock_guard lock(mutex_);
  if (playing_ || !error_waits()) return {};
  return failure_of_last();
}

bool PlayQueue::wait(std::deque<Item>* taken, std::optional<Failure>* failure) {
  std::unique_lock lock(mutex_);
  const auto is_due = [&] {
    return flushing_ || (!closed_ && !items_.empty() && (playing_ || error_waits() || ends_next()));
  };
  while (!is_due()) {
    if (!items_.empty() && items_.back().over)
      changed_.wait_for(lock, look_again);
    else
      changed_.wait(lock);
  }
  if (flushing_) return false;
  // In a pause media wait, and why there will be no more is told all the same.
  if (playing_ || ends_next()) {
    taken->swap(items_);
  } else {
    *failure = failure_of_last();
  }
  return true;
}

std::deque<PlayQueue::Item> PlayQueue::take() {
  std::lock_guard lock(mutex_);
  if (flushing_ || !playing_) return {};
  return std::exchange(items_, {});
}

bool PlayQueue::note_through(size_t bytes) {
  std::lock_guard lock(mutex_);
  bytes_ -= bytes;
  --count_;
  // Not with each one: a stop and a start of reading cost more than a picture.
  const bool has_room = full_ && bytes_ < most_queued_bytes / 2 && count_ < most_queued_items / 2;
  if (has_room) full_ = false;
  return has_room;
}

}  // namespace rxgst::rtmp
