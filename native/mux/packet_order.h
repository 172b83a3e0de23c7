// Pictures and sound of one stream in one order of time.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "mux/packet.h"

namespace rxgst::mux {

/** Encoders give sound later than the picture beside it, or earlier: a packet waits until the other kind has come. */
class PacketOrder {
 public:
  void add(Packet packet) {
    int64_t& last = packet.video ? last_video_ : last_audio_;
    if (first_ == none) first_ = packet.dts_ns;
    last = packet.dts_ns;
    longest_wait_ns_ = packet.longest_wait_ns;
    const int64_t at = packet.dts_ns;
    bytes_ += gst_buffer_get_size(packet.data.get());
    waiting_.emplace(at, std::move(packet));
  }

  /** Calls take(packet) for each packet that waits for nothing more. */
  template <class Take>
  void release(Take&& take) {
    const int64_t newest = std::max(last_video_, last_audio_);
    int64_t until = std::max(std::min(last_video_, last_audio_), newest - longest_wait_ns_);
    // A stream of one kind waits at its beginning only.
    if (std::min(last_video_, last_audio_) == none) until = newest - first_ > longest_wait_ns_ ? newest : none;
    release_until(until, take);
    // A peer's times may stand still.
    while (bytes_ > most_bytes || waiting_.size() > most_packets) give_first(take);
  }
  template <class Take>
  void release_all(Take&& take) {
    release_until(INT64_MAX, take);
    *this = PacketOrder();
  }

 private:
  static constexpr size_t most_bytes = 16 << 20, most_packets = 4096;
  static constexpr int64_t none = INT64_MIN / 2;

  template <class Take>
  void release_until(int64_t until, Take&& take) {
    while (!waiting_.empty() && waiting_.begin()->first <= until) give_first(take);
  }
  template <class Take>
  void give_first(Take&& take) {
    Packet packet = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    bytes_ -= gst_buffer_get_size(packet.data.get());
    take(std::move(packet));
  }

  std::multimap<int64_t, Packet> waiting_;
  size_t bytes_ = 0;
  int64_t longest_wait_ns_ = 0;
  int64_t first_ = none;
  int64_t last_video_ = none;
  int64_t last_audio_ = none;
};

}  // namespace rxgst::mux
