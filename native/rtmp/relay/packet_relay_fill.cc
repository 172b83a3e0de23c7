// A relay while no input is on air.
#include <glib.h>

#include <algorithm>
#include <utility>

#include "rtmp/relay/packet_relay.h"

namespace rxgst::rtmp {

namespace {

/** A look that comes so late: the machine stood still, and what an input sent meanwhile is not read yet. */
constexpr int64_t late_look_us = 100'000;
/** Within this it is read. */
constexpr int64_t reading_us = 50'000;

}  // namespace

void PacketRelay::fill_air() {
  std::lock_guard lock(mutex_);
  if (on_air_) return;
  const int64_t now_us = g_get_monotonic_time();
  replace(now_us);
  if (!on_air_) begin_fill(now_us);
}

void PacketRelay::begin_fill(int64_t now_us) {
  if (fill_.is_running() || !fill_.can_begin()) return;
  fill_.begin(clock_, now_us);
  tell(0, RelayNews::What::fill);
  run_fill(now_us);
}

void PacketRelay::run_fill(int64_t now_us) {
  if (!fill_.is_running()) return;
  const std::vector<Filled> messages = fill_.due(&clock_, now_us);
  if (!messages.empty() && fill_.take_renewal()) {
    for (auto& [number, target] : targets_) target.renew(fill_.records(), messages.front().time_ms);
    begin_followers(fill_.records());
  }
  pass_filled(messages, now_us);
  look_by(fill_.next_us());
}

void PacketRelay::pass_filled(const std::vector<Filled>& messages, int64_t now_us) {
  for (const Filled& it : messages)
    pass({it.seen, it.kind, it.time_ms, {}, it.payload, it.can_begin}, fill_.records(), now_us);
}

void PacketRelay::look_by(int64_t at_us) {
  if (at_us == 0 || (timer_us_ != 0 && timer_us_ <= at_us)) return;
  timer_us_ = at_us;
  IoLoop::shared().post_at(at_us, [weak = weak_from_this(), at_us] {
    if (const auto self = weak.lock()) self->on_timer(at_us);
  });
}

void PacketRelay::on_timer(int64_t at_us) {
  std::lock_guard lock(mutex_);
  // An earlier one came in between.
  if (timer_us_ != at_us) return;
  timer_us_ = 0;
  if (!fill_.is_wanted()) return;
  const int64_t now_us = g_get_monotonic_time();
  if (!on_air_) {
    replace(now_us);
    if (!on_air_) run_fill(now_us);
    return;
  }
  // Once: a machine that is always late still notices a loss.
  const bool waits = now_us - at_us > late_look_us && !was_late_;
  was_late_ = waits;
  if (waits) return look_by(now_us + reading_us);
  const RelayInput* const silent = on_air_->is_silent(now_us) ? on_air_ : nullptr;
  if (silent) replace(now_us);
  if (silent == on_air_ && fill_.can_begin()) {
    // It comes back as another input would: with the pictures that it kept, or at its next keyframe.
    on_air_ = nullptr;
    begin_fill(now_us);
  } else {
    look_by(std::max(on_air_->silent_at_us() + 1, now_us + Fill::sound_step_us));
  }
}

PacketRelay::FillPicture PacketRelay::fill_picture() {
  std::lock_guard lock(mutex_);
  return {fill_.serial(), fill_.picture()};
}

bool PacketRelay::set_slate(uint32_t serial, Slate slate) {
  std::lock_guard lock(mutex_);
  return fill_.set_slate(serial, std::move(slate));
}

void PacketRelay::start_fill() {
  IoLoop::shared().post([self = shared_from_this()] { self->fill_air(); });
}

void PacketRelay::end_fill() {
  std::lock_guard lock(mutex_);
  fill_.give_up();
}

Fill::Counters PacketRelay::fill_counters() {
  std::lock_guard lock(mutex_);
  return fill_.counters();
}

}  // namespace rxgst::rtmp
