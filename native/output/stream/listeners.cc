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

std::optional<mux::Packet> Listeners::packet_of(bool video, GstBuffer* buffer, bool key, int64_t dts,
                                                int64_t pts) const {
  mux::Packet packet;
  packet.format = video ? formats_.video : formats_.audio;
  if (all_.empty() || !packet.format) return std::nullopt;
  packet.data = BufferRef(gst_buffer_ref(buffer));
  packet.video = video;
  packet.key = key;
  packet.dts_ns = dts;
  packet.pts_ns = pts;
  return packet;
}

std::vector<mux::ListenerRef> Listeners::all() const {
  std::vector<mux::ListenerRef> list;
  list.reserve(all_.size());
  for (const auto& [id, listener] : all_) list.push_back(listener);
  return list;
}

bool Listeners::set_pace() const {
  return std::any_of(all_.begin(), all_.end(), [](const auto& each) { return each.second->sets_pace(); });
}

bool Listeners::all_full() const {
  return std::all_of(all_.begin(), all_.end(),
                     [](const auto& each) { return !each.second->sets_pace() || each.second->is_full(); });
}

}  // namespace rxgst
