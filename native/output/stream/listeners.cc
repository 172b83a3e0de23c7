#include "output/stream/listeners.h"

#include <algorithm>
#include <utility>

#include "mux/format.h"

namespace rxgst {

mux::ListenerRef Listeners::remove(uint32_t id) {
  const auto found = all_.find(id);
  if (found == all_.end()) return nullptr;
  mux::ListenerRef removed = std::move(found->second);
  all_.erase(found);
  return removed;
}

void Listeners::set_format(bool video, const GstCaps* caps, std::span<const uint8_t> record) {
  (video ? formats_.video : formats_.audio) = mux::format_of(caps, record);
}

void Listeners::on_packet(bool video, GstBuffer* buffer, bool key, int64_t dts, int64_t pts) {
  mux::Packet packet;
  packet.format = video ? formats_.video : formats_.audio;
  if (all_.empty() || !packet.format) return;
  packet.data = BufferRef(gst_buffer_ref(buffer));
  packet.video = video;
  packet.key = key;
  packet.dts_ns = dts;
  packet.pts_ns = pts;
  for (auto& [id, listener] : all_) listener->on_packet(packet);
}

void Listeners::on_end() {
  for (auto& [id, listener] : all_) listener->on_end();
}

bool Listeners::all_full() const {
  return std::all_of(all_.begin(), all_.end(), [](const auto& each) { return each.second->is_full(); });
}

}  // namespace rxgst
