// Places packets by commands: a line `time count` each, or `rate n`. Prints `at hole cut` for each, in order. '-': no
// time. `end` ends a stream. Compiled and run by sample-clock.test.ts.
#include "capture/sample_clock.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using rxgst::SampleClock;

static void say(const SampleClock::Laid& laid) {
  std::printf("%lld %lld %lld\n", static_cast<long long>(laid.at), static_cast<long long>(laid.hole),
              static_cast<long long>(laid.cut));
}

int main() {
  SampleClock clock;
  bool kept = false;
  char word[64];
  long long value = 0;
  while (std::scanf("%63s", word) == 1) {
    if (std::strcmp(word, "end") == 0) {
      if (kept) say(clock.settle(std::nullopt));
      kept = false;
      clock = SampleClock();
      std::printf("end\n");
      continue;
    }
    if (std::scanf("%lld", &value) != 1) return 1;
    if (std::strcmp(word, "rate") == 0) {
      clock.set_rate(static_cast<int>(value));
      continue;
    }
    const std::optional<int64_t> time =
        std::strcmp(word, "-") == 0 ? std::nullopt : std::optional<int64_t>(std::atoll(word));
    if (kept) say(clock.settle(time));
    const auto laid = clock.place(time, value);
    kept = !laid;
    if (laid) say(*laid);
  }
  return 0;
}
