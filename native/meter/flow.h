// Measures one track of encoded packets: rate, jitter, keyframe intervals, holes and lateness.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include "meter/window.h"

namespace rxgst {

/** One packet at a probe. Times in ns of running time; INT64_MIN: none. */
struct Packet {
  int64_t arrival_us;  // CLOCK_MONOTONIC
  int64_t pts;
  int64_t dts;
  uint64_t size;
  bool key;
  bool video;
};

/** The parts of a flow that are measured; the other parts cost nothing. */
struct FlowParts {
  bool bitrate = false;
  bool rate = false;  // fps
  bool jitter = false;
  bool keyframes = false;
  bool holes = false;  // droppedFrames, cause source
  bool skew = false;   // avDrift
  bool lateness = false;
};

struct FlowReading {
  std::optional<double> bits_per_second, per_second, per_second_pts;
  std::optional<double> jitter, jitter_p50, jitter_p90, jitter_p99;  // ms
  std::optional<double> keyframe_last, keyframe_max5, keyframe_age;  // s
  std::optional<bool> reordered;
  std::optional<double> late, late_at_first;  // ms: medians of arrival − PTS
  std::optional<double> lateness;             // ms
  std::optional<int64_t> last_arrival_us;     // µs
  uint64_t bytes = 0, packets = 0, keyframes = 0, missing = 0;
};

/** Written by one streaming thread, read by JS. */
class Flow {
 public:
  explicit Flow(FlowParts parts) : parts_(parts) {}
  void add(const Packet& packet);
  /** A new connection: it has another clock, and totals continue. */
  void reset();
  FlowReading read(int64_t now);

 private:
  void add_jitter(const Packet& packet, int64_t dts);
  void add_keyframe(const Packet& packet, int64_t dts);
  void add_hole(int64_t dts);
  void add_skew(const Packet& packet, double late_ms);
  void add_lateness(const Packet& packet, double late_ms);

  const FlowParts parts_;
  std::mutex mutex_;
  // Guarded by mutex_:
  uint64_t bytes_ = 0, packets_ = 0, keyframes_ = 0, missing_ = 0;
  BucketWindow byte_window_, packet_window_;
  std::optional<int64_t> last_arrival_;
  std::optional<int64_t> last_dts_, last_pts_;

  struct Connection {
    std::optional<int64_t> jitter_arrival, jitter_dts;
    double jitter = 0;
    // (arrival − PTS) in the first ten seconds; after that only their median.
    std::vector<double> first_late;
    std::optional<int64_t> first_arrival;
    std::optional<double> late_at_first;
    uint64_t jitters = 0;
    std::optional<int64_t> key_pts;
    std::array<double, 5> gops{};
    size_t gop_count = 0;
    int64_t newest_pts = INT64_MIN;
    bool reordered = false;
    std::array<int64_t, 64> steps{};
    size_t step_count = 0;
    int64_t step = 0;  // median, ns; 0: not known yet
    // The smallest (arrival − PTS) of each second in the last minute, and of the present second.
    std::array<double, 60> minima{};
    std::array<int64_t, 60> minima_second{};
    int64_t second = -1;
  } now_;
  SampleWindow<> jitter_window_, late_window_, pts_window_;
};

}  // namespace rxgst
