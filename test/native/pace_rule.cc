// Tests when a packet of a file is due. Compiled and run by arithmetic.test.ts.
#include "capture/inputs/pace_rule.h"

#include <cstdio>

using rxgst::PaceRule;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

constexpr int64_t second = 1'000'000;

/** One thread that gives packets out, as that of a demuxer does. */
struct Thread {
  PaceRule rule;
  int64_t now = 1000 * second;
  int64_t waited = 0;
  /** How long it waits for this packet. */
  void give(int64_t time) {
    const int64_t left = rule.left(time, now);
    waited = left > 0 ? left : 0;
    now += waited;
    rule.given(time);
  }
};

int main() {
  {
    Thread one;
    const int64_t from = one.now;
    for (int64_t time = 5 * second; time <= 15 * second; time += second / 25) one.give(time);
    check("a track plays at its pace", one.now - from == 10 * second);
  }
  {
    Thread one;
    const int64_t from = one.now;
    for (int64_t chunk = 0; chunk < 10; chunk += 2) {
      for (int64_t i = 0; i < 100; ++i) one.give(chunk * second + i * second / 50);
      for (int64_t i = 0; i < 50; ++i) one.give(chunk * second + i * second / 25);
    }
    const int64_t took = one.now - from;
    check("two seconds of sound before the pictures of the same time: not slower", took < 10 * second);
    check("and not faster", took > 9 * second);
  }
  {
    Thread one;
    one.give(0);
    one.now += 5 * second;
    one.give(second);
    check("what was held up for long goes on at once", one.waited == 0);
    one.give(2 * second);
    check("and at its pace from there", one.waited == second);
    one.now += second / 2;
    one.give(2 * second + second / 4);
    check("a short delay is caught up", one.waited == 0);
    one.give(3 * second);
    check("so the clock stays", one.waited == second / 2);
  }
  {
    Thread one;
    one.give(100 * second);
    one.give(0);
    one.give(second);
    check("behind a jump back it plays at its pace", one.waited == second);
  }
  if (failures == 0) std::printf("pace_rule: all well\n");
  return failures == 0 ? 0 : 1;
}
