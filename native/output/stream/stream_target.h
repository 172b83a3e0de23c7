// A target that takes a transport stream: its packets for the element behind an appsrc.
#pragma once
#include <gst/app/gstappsrc.h>

#include <deque>
#include <memory>
#include <mutex>

#include "gst/refs.h"
#include "mux/container.h"
#include "mux/packet_listener.h"
#include "mux/packet_order.h"

namespace rxgst {

/** As a target of FLV tags does, it begins at a keyframe, and loses pictures up to the next one when it is slow. */
class StreamTarget : public mux::PacketListener {
 public:
  StreamTarget(ObjectRef<GstAppSrc> source, int64_t max_queue_ns)
      : source_(std::move(source)), max_queue_ns_(max_queue_ns) {}
  void on_packet(const mux::Packet& packet) override;
  void on_end() override;
  bool is_full() override;

  struct Stats {
    uint64_t packets, bytes, dropped;
    int64_t queue_ns;
    bool flowing;
    int64_t position_ns;
  };
  Stats stats();
  /** Packets that have not left. */
  size_t waiting();

 private:
  void push(mux::Packet packet);
  int64_t queue_time();

  const ObjectRef<GstAppSrc> source_;
  const int64_t max_queue_ns_;
  std::mutex mutex_;
  // Guarded by mutex_:
  mux::PacketOrder order_;
  mux::Formats known_, formats_;
  std::unique_ptr<mux::Container> container_;
  const std::shared_ptr<mux::StreamCounters> counters_ = std::make_shared<mux::StreamCounters>();
  bool ended_ = false;
  int64_t base_ns_ = 0;
  // Held for moments only, since the JS thread asks.
  std::mutex counts_mutex_;
  // Guarded by counts_mutex_:
  std::deque<int64_t> queued_;  // times of what waits in the appsrc
  bool flowing_ = false;
  int64_t last_ns_ = 0;
  uint64_t packets_ = 0, bytes_ = 0, dropped_ = 0;
};

}  // namespace rxgst
