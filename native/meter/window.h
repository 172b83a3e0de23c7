// Sliding windows that a streaming thread writes and a monitor reads: counts in buckets of 100 ms, and samples with
// their time.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace rxgst {

constexpr int64_t window_us = 5'000'000;

/** Sums over the last complete buckets. Not thread-safe; times in µs of one clock that does not go back. */
class BucketWindow {
 public:
  void add(int64_t now, uint64_t value) {
    advance(now);
    sums_[static_cast<size_t>(current_ % size)] += value;
  }
  /** Per second; none before one whole second has passed. */
  std::optional<double> rate(int64_t now) {
    if (first_ < 0) return std::nullopt;
    advance(now);
    // The present bucket is not complete, and neither is the first one.
    const int64_t count = std::min<int64_t>(window_us / bucket_us, current_ - first_ - 1);
    if (count * bucket_us < 1'000'000) return std::nullopt;
    uint64_t sum = 0;
    for (int64_t i = current_ - count; i < current_; ++i) sum += sums_[static_cast<size_t>(i % size)];
    return static_cast<double>(sum) * 1e6 / static_cast<double>(count * bucket_us);
  }
  void clear() { *this = BucketWindow(); }

 private:
  static constexpr int64_t bucket_us = 100'000;
  static constexpr int64_t size = 64;
  void advance(int64_t now) {
    const int64_t bucket = now / bucket_us;
    if (first_ < 0) first_ = current_ = bucket;
    for (int64_t i = std::max(current_ + 1, bucket - size + 1); i <= bucket; ++i)
      sums_[static_cast<size_t>(i % size)] = 0;
    current_ = std::max(current_, bucket);
  }
  std::array<uint64_t, size> sums_{};
  int64_t first_ = -1;
  int64_t current_ = -1;
};

/** The samples of the last five seconds, the newest `Most` of them. Not thread-safe. */
template <size_t Most = 512>
class SampleWindow {
 public:
  void add(int64_t now, double value) {
    if (samples_.empty()) samples_.resize(Most);
    samples_[next_++ % Most] = {now, value};
  }
  /** In the order of their values. */
  std::vector<double> sorted(int64_t now) const {
    std::vector<double> result;
    const size_t count = std::min(next_, samples_.size());
    for (size_t i = 1; i <= count; ++i) {
      const Sample& sample = samples_[(next_ - i) % Most];
      if (sample.at < now - window_us) break;
      result.push_back(sample.value);
    }
    std::sort(result.begin(), result.end());
    return result;
  }
  void clear() { next_ = 0; }

 private:
  struct Sample {
    int64_t at = 0;
    double value = 0;
  };
  // Allocated with the first sample: most windows of a stream with few metrics stay empty.
  std::vector<Sample> samples_;
  size_t next_ = 0;
};

/** Nearest rank; none if there are no samples. */
inline std::optional<double> percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::nullopt;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace rxgst
