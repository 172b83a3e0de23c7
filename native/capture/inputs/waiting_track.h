// What waits in a jitter buffer of RTP. Arithmetic alone: no GStreamer, no JS, no time of its own.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace rxgst {

/**
 * Packets in one jitter buffer. rtpjitterbuffer takes whatever comes, and gives it out in another thread, which may
 * wait for a decoder or for a consumer that blocks. It may also throw packets away, so the sequence numbers that leave
 * tell what has left.
 */
class WaitingTrack {
 public:
  /** Network's thread. False: so much waits that this packet is dropped. */
  bool enter(uint16_t number, size_t size, size_t most) {
    std::lock_guard lock(mutex_);
    if (bytes_ + size > most) return false;
    bytes_ += size;
    packets_.push_back({number, size});
    return true;
  }
  /** Thread of the depayloader: this packet, and so all before it. Their bytes. */
  size_t leave(uint16_t number) {
    std::lock_guard lock(mutex_);
    const size_t before = bytes_;
    while (!packets_.empty() && static_cast<int16_t>(number - packets_.front().number) >= 0) {
      bytes_ -= packets_.front().size;
      packets_.pop_front();
    }
    return before - bytes_;
  }

 private:
  struct Packet {
    uint16_t number;
    size_t size;
  };
  std::mutex mutex_;
  std::deque<Packet> packets_;
  size_t bytes_ = 0;
};

}  // namespace rxgst
