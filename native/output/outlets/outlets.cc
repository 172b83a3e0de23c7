#include "output/outlets/outlets.h"

#include <algorithm>

#include "js/js.h"

namespace rxgst {
namespace {

// Longer than a busy machine holds up an encoder that keeps up.
constexpr int64_t grace_us = 500'000;
// Most of these are one picture, repeated.
constexpr uint64_t most_waiting = 300;

}  // namespace

uint32_t Outlets::open(OutletKind kind, int64_t every) {
  auto outlet = std::make_shared<Outlet>();
  outlet->kind = kind;
  outlet->every = std::max<int64_t>(every, 1);
  const uint32_t id = next_id_++;
  all_[id] = std::move(outlet);
  set_limits();
  return id;
}

void Outlets::attach(uint32_t id, ObjectRef<GstAppSrc> source) {
  const auto found = all_.find(id);
  if (found == all_.end() || !source) return;
  Outlet& outlet = *found->second;
  release(outlet);
  outlet.max_buffers = gst_app_src_get_max_buffers(source.get());
  outlet.max_bytes = gst_app_src_get_max_bytes(source.get());
  outlet.source = std::move(source);
  outlet.begun = true;
  set_limits();
}

void Outlets::detach(uint32_t id) {
  if (const auto found = all_.find(id); found != all_.end()) release(*found->second);
}

void Outlets::close(uint32_t id) {
  detach(id);
  all_.erase(id);
  set_limits();
}

const Outlet* Outlets::find(uint32_t id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : found->second.get();
}

void Outlets::release(Outlet& outlet) {
  outlet.broken = false;
  outlet.behind_since_us = 0;
  if (!outlet.source) return;
  gst_app_src_set_max_buffers(outlet.source.get(), 0);
  gst_app_src_set_max_bytes(outlet.source.get(), 0);
  // The last reference on an element never ends here: to dispose of it joins threads.
  run_detached([source = std::shared_ptr<GstAppSrc>(outlet.source.release(), ObjectUnref())] {});
}

size_t Outlets::count_pictures() const {
  return static_cast<size_t>(std::count_if(all_.begin(), all_.end(),
                                           [](const auto& each) { return each.second->kind == OutletKind::pictures; }));
}

bool Outlets::stand_still() const {
  if (count_pictures() > 1) return false;
  // Beside a clock, pictures go on while another audio encoder is on its way.
  return std::any_of(all_.begin(), all_.end(), [&](const auto& each) {
    const Outlet& outlet = *each.second;
    const bool awaited = patient_ || outlet.kind == OutletKind::pictures;
    return awaited && outlet.begun && (!outlet.source || outlet.broken);
  });
}

/** What is never waited for has no limit of its own: choose() has one. */
void Outlets::set_limits() {
  const bool waits = is_patient();
  for (auto& [id, outlet] : all_) {
    if (!outlet->source) continue;
    gst_app_src_set_max_buffers(outlet->source.get(), waits ? outlet->max_buffers : 0);
    gst_app_src_set_max_bytes(outlet->source.get(), waits ? outlet->max_bytes : 0);
  }
}

void Outlets::choose(OutletKind kind, int64_t slot) {
  std::lock_guard lock(mutex_);
  const bool waits = is_patient();
  const int64_t now = now_us();
  for (auto& [id, outlet] : all_) {
    if (outlet->kind != kind || !outlet->begun || slot % outlet->every != 0) continue;
    if (!outlet->source || outlet->broken || (!waits && !has_room(*outlet, now))) {
      ++outlet->dropped;
      continue;
    }
    chosen_.emplace_back(outlet, ref_object(outlet->source.get()));
  }
}

bool Outlets::has_room(Outlet& outlet, int64_t now) const {
  GstAppSrc* source = outlet.source.get();
  if (outlet.kind == OutletKind::audio) return gst_app_src_get_current_level_bytes(source) < outlet.max_bytes;
  const uint64_t waiting = gst_app_src_get_current_level_buffers(source);
  if (waiting <= capacity_ / 2) outlet.behind_since_us = 0;
  if (waiting < capacity_) return true;
  if (outlet.behind_since_us == 0) outlet.behind_since_us = now;
  return now - outlet.behind_since_us < grace_us && waiting < std::max<uint64_t>(most_waiting, 2 * capacity_);
}

bool Outlets::took(Outlet& outlet, const ObjectRef<GstAppSrc>& source, GstFlowReturn flow) {
  if (flow == GST_FLOW_OK) return true;
  std::lock_guard lock(mutex_);
  // Its pipeline may be stopping, or another encoder has taken over meanwhile.
  if (outlet.source != source) return true;
  outlet.broken = true;
  return false;
}

void Outlets::let_go() {
  std::lock_guard lock(mutex_);
  for (auto& [outlet, source] : chosen_) {
    if (outlet->source != source) run_detached([last = std::shared_ptr<GstAppSrc>(source.release(), ObjectUnref())] {});
  }
  chosen_.clear();
}

void Outlets::end_all() {
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, outlet] : all_)
      if (outlet->source) chosen_.emplace_back(outlet, ref_object(outlet->source.get()));
  }
  for (auto& [outlet, source] : chosen_) gst_app_src_end_of_stream(source.get());
  let_go();
}

}  // namespace rxgst
