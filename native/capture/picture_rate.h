// The frame rate of a stream: by its timestamps, and by its own claim if that agrees. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace rxgst {

/** Pictures a second, n ÷ d; 0 ÷ 1: not known. */
struct Rate {
  int64_t n = 0;
  int64_t d = 1;
};

/**
 * Metadata and parameter sets hold a rate that somebody once typed. Timestamps show the real rate, but FLV rounds them
 * to milliseconds, so that 29.97 and 30 look alike for ten seconds. So the class believes the claim as long as the
 * timestamps allow it, and otherwise takes the simplest rate that they allow. One thread.
 */
class PictureRate {
 public:
  /** The rate in the parameter sets; 0 ÷ 1: none. */
  void claim(Rate claimed) {
    const bool plausible = claimed.d > 0 && claimed.n >= claimed.d * slowest_claim && claimed.n <= claimed.d * fastest;
    claimed_ = plausible ? claimed : Rate{};
    decide();
  }

  /** The decoding time (ns) of the next picture. */
  void add(int64_t dts) {
    const int64_t step = known_ ? dts - last_ : 0;
    known_ = true;
    last_ = dts;
    // The same time twice, a step back, or another clock.
    if (step <= 0 || step > max_step_ns) return;
    steps_[count_++ % steps_.size()] = step;
    if (count_ <= enough_steps || count_ % enough_steps == 0) decide();
  }

  Rate rate() const { return rate_; }
  /** The duration of one picture in ns; 0: not known. */
  int64_t duration_ns() const { return rate_.n > 0 ? 1'000'000'000 * rate_.d / rate_.n : 0; }

 private:
  static constexpr int64_t slowest_claim = 1;
  static constexpr int64_t fastest = 300;
  static constexpr int64_t max_step_ns = 10'000'000'000;
  /** The timestamps decide against the claim after so many steps. */
  static constexpr size_t enough_steps = 8;
  /** FLV's rounding of a first and of a last timestamp. */
  static constexpr double rounding_ns = 1'500'000;
  /** More than the error of a camera's clock. */
  static constexpr double max_drift = 0.0002;

  /** The duration of one picture in ns. */
  static double period_ns(Rate rate) { return 1e9 * static_cast<double>(rate.d) / static_cast<double>(rate.n); }

  void decide() {
    const size_t count = std::min(count_, steps_.size());
    if (count < 2 || (count < enough_steps && claimed_.n > 0)) {
      rate_ = claimed_;
      return;
    }
    auto steps = steps_;
    const auto end = steps.begin() + static_cast<ptrdiff_t>(count);
    const auto middle = steps.begin() + static_cast<ptrdiff_t>(count / 2);
    std::nth_element(steps.begin(), middle, end);
    // Holes, where the stream left pictures out, do not count, unless they are the rule.
    const int64_t longest = *middle + *middle / 2 + static_cast<int64_t>(rounding_ns);
    const auto holes = std::partition(steps.begin(), end, [longest](int64_t step) { return step <= longest; });
    const auto used = holes - steps.begin() >= static_cast<ptrdiff_t>(count * 4 / 5) ? holes : end;
    const auto number = static_cast<double>(used - steps.begin());
    double sum = 0, apart = 0;
    for (auto step = steps.begin(); step != used; ++step) sum += static_cast<double>(*step);
    const double mean = sum / number;
    for (auto step = steps.begin(); step != used; ++step) apart += std::abs(static_cast<double>(*step) - mean);
    const double doubt = (rounding_ns + 2 * apart / number) / number + mean * max_drift;
    const auto allowed = [&](Rate rate) { return std::abs(period_ns(rate) - mean) <= doubt; };
    rate_ = claimed_.n > 0 && allowed(claimed_) ? claimed_ : simplest(1e9 / mean, allowed);
  }

  template <class Allowed>
  static Rate simplest(double fps, Allowed allowed) {
    Rate best;
    const auto offer = [&](Rate rate) {
      if (!allowed(rate)) return;
      const auto off = [fps](Rate one) { return std::abs(1e9 / period_ns(one) - fps); };
      if (best.n == 0 || off(rate) < off(best)) best = rate;
    };
    for (const int64_t usual : {24, 25, 30, 50, 60, 100, 120}) offer({usual, 1});
    if (best.n == 0 && fps >= 1) offer({std::llround(fps), 1});
    if (best.n > 0) return best;
    for (const int64_t usual : {24, 30, 60, 120, 12, 15, 48}) offer({usual * 1000, 1001});
    if (best.n > 0) return best;
    return {std::max<int64_t>(std::llround(fps * 1000), 1), 1000};
  }

  Rate claimed_;
  Rate rate_;
  std::array<int64_t, 512> steps_{};
  size_t count_ = 0;
  bool known_ = false;
  int64_t last_ = 0;
};

}  // namespace rxgst
