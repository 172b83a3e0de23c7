#include "output/stream/stream_target.h"

#include <algorithm>
#include <utility>

namespace rxgst {
namespace {

bool same(const std::shared_ptr<const mux::Format>& one, const std::shared_ptr<const mux::Format>& other) {
  return one == other || (one && other && *one == *other);
}

}  // namespace

void StreamTarget::on_packet(const mux::Packet& packet) {
  std::lock_guard lock(mutex_);
  if (ended_) return;
  (packet.video ? known_.video : known_.audio) = packet.format;
  order_.add(packet.copy());
  order_.release([&](mux::Packet one) { push(std::move(one)); });
}

void StreamTarget::push(mux::Packet packet) {
  std::unique_lock counts(counts_mutex_);
  const bool slow = queue_time() > max_queue_ns_;
  if (packet.video && slow) flowing_ = false;
  if (packet.key) {
    // A stream has its tracks from its beginning on, or from another keyframe on.
    if (!container_ || !same(formats_.video, known_.video) || !same(formats_.audio, known_.audio)) {
      if (!container_)
        base_ns_ = packet.dts_ns;
      else
        ++counters_->version;
      formats_ = known_;
      mux::Bytes nothing;
      container_ = mux::transport_stream(formats_, nothing, counters_);
    }
    flowing_ = !slow;
  }
  // Sound from before the beginning has no time in the stream.
  if (!flowing_ || packet.dts_ns < base_ns_ || !container_->takes(packet)) {
    dropped_ += container_ != nullptr;
    return;
  }
  packet.dts_ns -= base_ns_;
  packet.pts_ns -= base_ns_;
  last_ns_ = packet.dts_ns;
  ++packets_;
  bytes_ += gst_buffer_get_size(packet.data.get());
  const int64_t at = last_ns_;
  counts.unlock();
  mux::Bytes out;
  container_->add(std::move(packet), out);
  if (out.size() == 0) return;
  GstBuffer* buffer = gst_buffer_new_memdup(out.data(), out.size());
  GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = static_cast<GstClockTime>(at);
  counts.lock();
  queued_.push_back(at);
  gst_app_src_push_buffer(source_.get(), buffer);
}

/** With counts_mutex_ held. */
int64_t StreamTarget::queue_time() {
  const size_t level = gst_app_src_get_current_level_buffers(source_.get());
  while (queued_.size() > level) queued_.pop_front();
  return queued_.empty() ? 0 : std::max<int64_t>(0, queued_.back() - queued_.front());
}

void StreamTarget::on_end() {
  std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  order_.release_all([&](mux::Packet one) { push(std::move(one)); });
  gst_app_src_end_of_stream(source_.get());
}

bool StreamTarget::is_full() {
  std::lock_guard lock(counts_mutex_);
  return queue_time() > max_queue_ns_ / 2;
}

StreamTarget::Stats StreamTarget::stats() {
  std::lock_guard lock(counts_mutex_);
  return {packets_, bytes_, dropped_, queue_time(), flowing_, last_ns_};
}

size_t StreamTarget::waiting() { return gst_app_src_get_current_level_buffers(source_.get()); }

}  // namespace rxgst
