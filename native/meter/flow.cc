#include "meter/flow.h"

#include <cmath>

#include "gst/time_units.h"

namespace rxgst {
namespace {

constexpr int64_t ns_per_ms = 1'000'000;
// A longer step of the timestamps is another clock, and neither jitter nor a hole.
constexpr int64_t longest_step = 10'000 * ns_per_ms;
// FLV counts whole milliseconds: a step may be one millisecond longer than in the source.
constexpr int64_t rounding = 2 * ns_per_ms;
// The median counts as the stream's rate after so many steps.
constexpr size_t enough_steps = 16;
// Drift counts from the values in this first part of a connection. Their number is limited, since a server may send a
// burst.
constexpr int64_t baseline_us = 10 * us_per_s;
constexpr size_t most_first = 2048;

double in_ms(int64_t ns) { return static_cast<double>(ns) / ns_per_ms; }

}  // namespace

void Flow::add(const Packet& packet) {
  std::lock_guard lock(mutex_);
  ++packets_;
  bytes_ += packet.size;
  keyframes_ += packet.video && packet.key;
  last_arrival_ = packet.arrival_us;
  if (parts_.bitrate) byte_window_.add(packet.arrival_us, packet.size);
  if (parts_.rate) {
    packet_window_.add(packet.arrival_us, 1);
    const int64_t time = packet.dts != INT64_MIN ? packet.dts : packet.pts;
    if (time != INT64_MIN) pts_window_.add(packet.arrival_us, static_cast<double>(time) / 1e9);
  }
  const int64_t dts = packet.dts != INT64_MIN ? packet.dts : packet.pts;
  if (dts == INT64_MIN) return;
  if (parts_.jitter) add_jitter(packet, dts);
  if (parts_.keyframes && packet.video) add_keyframe(packet, dts);
  if (parts_.holes && packet.video) add_hole(dts);
  if (parts_.skew || parts_.lateness) {
    const double late_ms =
        static_cast<double>(packet.arrival_us) / 1000 - in_ms(packet.pts != INT64_MIN ? packet.pts : dts);
    if (parts_.skew) add_skew(packet, late_ms);
    if (parts_.lateness) add_lateness(packet, late_ms);
  }
  last_dts_ = dts;
}

/** RFC 3550, 6.4.1: the mean deviation between the spacing of arrivals and the spacing of timestamps. */
void Flow::add_jitter(const Packet& packet, int64_t dts) {
  if (now_.jitter_dts) {
    const int64_t step = dts - *now_.jitter_dts;
    if (step >= 0 && step < longest_step) {
      const double d = std::abs(static_cast<double>(packet.arrival_us - *now_.jitter_arrival) / 1000 - in_ms(step));
      now_.jitter += (d - now_.jitter) / 16;
      ++now_.jitters;
      jitter_window_.add(packet.arrival_us, d);
    }
  }
  now_.jitter_arrival = packet.arrival_us;
  now_.jitter_dts = dts;
}

void Flow::add_keyframe(const Packet& packet, int64_t dts) {
  const int64_t pts = packet.pts != INT64_MIN ? packet.pts : dts;
  if (pts < now_.newest_pts && now_.newest_pts - pts < longest_step) now_.reordered = true;
  if (packet.key) {
    if (now_.key_pts && pts > *now_.key_pts) {
      now_.gops[now_.gop_count++ % now_.gops.size()] = static_cast<double>(pts - *now_.key_pts) / 1e9;
    }
    now_.key_pts = pts;
    // A clock that starts anew does so at a keyframe.
    now_.newest_pts = pts;
  }
  now_.newest_pts = std::max(now_.newest_pts, pts);
}

/**
 * DTS rise picture by picture, even if B-frames reorder PTS: a step of more than 1.5 pictures means missing pictures.
 */
void Flow::add_hole(int64_t dts) {
  if (!last_dts_) return;
  const int64_t step = dts - *last_dts_;
  if (step <= 0 || step > longest_step) return;
  if (now_.step > 0 && step > now_.step + now_.step / 2 + rounding) {
    missing_ += static_cast<uint64_t>(std::llround(static_cast<double>(step) / static_cast<double>(now_.step))) - 1;
  }
  now_.steps[now_.step_count++ % now_.steps.size()] = step;
  if (now_.step_count >= enough_steps && now_.step_count % enough_steps == 0) {
    auto steps = now_.steps;
    const size_t count = std::min(now_.step_count, steps.size());
    std::nth_element(steps.begin(), steps.begin() + count / 2, steps.begin() + count);
    now_.step = steps[count / 2];
  }
}

void Flow::add_skew(const Packet& packet, double late_ms) {
  late_window_.add(packet.arrival_us, late_ms);
  if (now_.late_at_first) return;
  if (!now_.first_arrival) now_.first_arrival = packet.arrival_us;
  if (packet.arrival_us - *now_.first_arrival < baseline_us) {
    if (now_.first_late.size() < most_first) now_.first_late.push_back(late_ms);
    return;
  }
  auto& all = now_.first_late;
  const auto middle = all.begin() + static_cast<ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  now_.late_at_first = *middle;
  all = {};
}

void Flow::add_lateness(const Packet& packet, double late_ms) {
  const int64_t second = packet.arrival_us / us_per_s;
  const auto at = static_cast<size_t>(second % 60);
  if (now_.minima_second[at] != second + 1) {
    now_.minima_second[at] = second + 1;  // 0 means none
    now_.minima[at] = late_ms;
  } else {
    now_.minima[at] = std::min(now_.minima[at], late_ms);
  }
  now_.second = second;
}

void Flow::reset() {
  std::lock_guard lock(mutex_);
  now_ = Connection();
  last_dts_.reset();
  byte_window_.clear();
  packet_window_.clear();
  jitter_window_.clear();
  late_window_.clear();
  pts_window_.clear();
}

FlowReading Flow::read(int64_t now) {
  std::lock_guard lock(mutex_);
  FlowReading reading;
  reading.bytes = bytes_;
  reading.packets = packets_;
  reading.keyframes = keyframes_;
  reading.missing = missing_;
  reading.last_arrival_us = last_arrival_;
  if (parts_.bitrate) {
    reading.bits_per_second = byte_window_.rate(now);
    if (reading.bits_per_second) *reading.bits_per_second *= 8;
  }
  if (parts_.rate) {
    reading.per_second = packet_window_.rate(now);
    const auto times = pts_window_.sorted(now);
    // n pictures have n − 1 steps between them.
    if (times.size() > 2 && times.back() - times.front() > 0.5 && times.back() - times.front() < 3600) {
      reading.per_second_pts = static_cast<double>(times.size() - 1) / (times.back() - times.front());
    }
  }
  if (parts_.jitter && now_.jitters >= 16) {
    const auto sorted = jitter_window_.sorted(now);
    if (!sorted.empty()) reading.jitter = now_.jitter;
    reading.jitter_p50 = percentile(sorted, 0.5);
    reading.jitter_p90 = percentile(sorted, 0.9);
    reading.jitter_p99 = percentile(sorted, 0.99);
  }
  if (parts_.keyframes && now_.key_pts) {
    reading.keyframe_age = static_cast<double>(now_.newest_pts - *now_.key_pts) / 1e9;
    reading.reordered = now_.reordered;
    if (const size_t count = now_.gop_count; count > 0) {
      reading.keyframe_last = now_.gops[(count - 1) % now_.gops.size()];
      reading.keyframe_max5 =
          *std::max_element(now_.gops.begin(), now_.gops.begin() + std::min(count, now_.gops.size()));
    }
  }
  if (parts_.skew) {
    reading.late = percentile(late_window_.sorted(now), 0.5);
    reading.late_at_first = now_.late_at_first;
  }
  if (parts_.lateness && now_.second >= 0 && now / us_per_s - now_.second <= 5) {
    const int64_t second = now_.second;
    double least = now_.minima[static_cast<size_t>(second % 60)];
    const double here = least;
    for (size_t i = 0; i < now_.minima.size(); ++i) {
      if (now_.minima_second[i] > 0 && now_.minima_second[i] - 1 > second - 60) least = std::min(least, now_.minima[i]);
    }
    reading.lateness = here - least;
  }
  return reading;
}

}  // namespace rxgst
