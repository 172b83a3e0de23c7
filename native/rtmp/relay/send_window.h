// What waits for a target's network, measured in time.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace rxgst::rtmp {

/** Times of the messages that were given to a connection and have not left, the oldest first. */
class SendWindow {
 public:
  static constexpr int64_t no_time = INT64_MIN;

  /** @param time_ms `no_time`: a message that has none of its own */
  void add(int64_t time_ms) { times_.push_back(time_ms); }
  /** So many of them have not left yet. */
  void keep(size_t count) {
    while (times_.size() > count) times_.pop_front();
  }
  int64_t length_ms() const {
    const auto has_time = [](int64_t time_ms) { return time_ms != no_time; };
    const auto first = std::find_if(times_.begin(), times_.end(), has_time);
    if (first == times_.end()) return 0;
    return std::max<int64_t>(0, *std::find_if(times_.rbegin(), times_.rend(), has_time) - *first);
  }

 private:
  std::deque<int64_t> times_;
};

}  // namespace rxgst::rtmp
