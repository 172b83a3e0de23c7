// How many pictures a second a stream has: by its timestamps, and by what it says of itself where that agrees.
// Arithmetic alone.
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
 * Metadata and parameter sets say what somebody once typed; timestamps say what flows, but FLV rounds them to
 * milliseconds, so that 29.97 and 30 look alike for ten seconds. What a stream claims is therefore believed as long as
 * its timestamps allow it, and otherwise the simplest rate that they allow. One thread.
 */
class PictureRate {
 public:
  /** What the parameter sets say; 0 ÷ 1: nothing. */
  void claim(Rate claimed) {
    const bool plausible = claimed.d > 0 && claimed.n >= claimed.d * slowest_claim && claimed.n <= claimed.d * fastest;
    claimed_ = plausible ? claimed : Rate{};
    decide();
  }

  /** Decoding times, ns, one a picture. */
  void add(int64_t dts) {
    const int64_t step = known_ ? dts - last_ : 0;
    known_ = true;
    last_ = dts;
    // The same time twice, back, or another clock.
    if (step <= 0 || step > longest_step) return;
    steps_[count_++ % steps_.size()] = step;
    if (count_ <= enough || count_ % enough == 0) decide();
  }

  Rate rate() const { return rate_; }
  /** Of one picture, ns; 0: not known. */
  int64_t duration() const { return rate_.n > 0 ? 1'000'000'000 * rate_.d / rate_.n : 0; }

 private:
  static constexpr int64_t slowest_claim = 1;
  static constexpr int64_t fastest = 300;
  static constexpr int64_t longest_step = 10'000'000'000;
  /** Steps that are seen before they weigh more than a claim. */
  static constexpr size_t enough = 8;
  /** ns: FLV's rounding of a first and a last timestamp. */
  static constexpr double rounding = 1'500'000;
  /** By how much clocks of cameras are off, and more. */
  static constexpr double drift = 0.0002;

  /** ns. */
  static double period(Rate rate) { return 1e9 * static_cast<double>(rate.d) / static_cast<double>(rate.n); }

  void decide() {
    const size_t count = std::min(count_, steps_.size());
    if (count < 2 || (count < enough && claimed_.n > 0)) {
      rate_ = claimed_;
      return;
    }
    auto steps = steps_;
    const auto end = steps.begin() + static_cast<ptrdiff_t>(count);
    const auto middle = steps.begin() + static_cast<ptrdiff_t>(count / 2);
    std::nth_element(steps.begin(), middle, end);
    // Pictures that the stream left out are no part of its rate, unless they are its way.
    const int64_t longest = *middle + *middle / 2 + static_cast<int64_t>(rounding);
    const auto holes = std::partition(steps.begin(), end, [longest](int64_t step) { return step <= longest; });
    const auto used = holes - steps.begin() >= static_cast<ptrdiff_t>(count * 4 / 5) ? holes : end;
    const auto number = static_cast<double>(used - steps.begin());
    double sum = 0, apart = 0;
    for (auto step = steps.begin(); step != used; ++step) sum += static_cast<double>(*step);
    const double mean = sum / number;
    for (auto step = steps.begin(); step != used; ++step) apart += std::abs(static_cast<double>(*step) - mean);
    const double doubt = (rounding + 2 * apart / number) / number + mean * drift;
    const auto allowed = [&](Rate rate) { return std::abs(period(rate) - mean) <= doubt; };
    rate_ = claimed_.n > 0 && allowed(claimed_) ? claimed_ : simplest(1e9 / mean, allowed);
  }

  template <class Allowed>
  static Rate simplest(double fps, Allowed allowed) {
    Rate best;
    const auto offer = [&](Rate rate) {
      if (!allowed(rate)) return;
      const auto off = [fps](Rate one) { return std::abs(1e9 / period(one) - fps); };
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
