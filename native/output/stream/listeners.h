// Those who get an output's packets as they are, beside the targets that get them as FLV tags.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "mux/packet_listener.h"

namespace rxgst {

/** Guarded by FanoutState::mutex. */
class Listeners {
 public:
  void add(uint32_t id, mux::ListenerRef listener) { all_[id] = std::move(listener); }
  /** Null: the number is another one's. */
  mux::ListenerRef remove(uint32_t id);
  /** `record`: of AV1, which may be missing in the caps. */
  void set_format(bool video, const GstCaps* caps, std::span<const uint8_t> record = {});
  /** Nothing: nobody wants it. */
  std::optional<mux::Packet> packet_of(bool video, GstBuffer* buffer, bool key, int64_t dts, int64_t pts) const;
  /** For calls without FanoutState::mutex: a listener may take the time of a copy of the packet. */
  std::vector<mux::ListenerRef> all() const;
  bool empty() const { return all_.empty(); }
  /** Whether one of them may make the source wait. */
  bool set_pace() const;
  /** Whether none of these has room. */
  bool all_full() const;

 private:
  std::map<uint32_t, mux::ListenerRef> all_;
  mux::Formats formats_;
};

}  // namespace rxgst
