// Slots at the end of time: the same answers as near its beginning, at once. Compiled and run by arithmetic.test.ts.
#include "capture/slots.h"

#include <cstdio>

#include "capture/skip_policy.h"

using rxgst::Slots;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

/** µs: an hour, two years, the time at which 64 bits no longer hold at × n, 146 years of ns, and the end. */
constexpr int64_t overflow = INT64_MAX / 120'000 + 1'000'000;
constexpr int64_t times[] = {0, 1, 3'600'000'000, 63'072'000'000'000, overflow, INT64_MAX / 2000, INT64_MAX / 4};

static void test_places() {
  constexpr Slots all[] = {{120'000, 1001}, {30'000, 1001}, {25, 1}, {1, 1}, {119'880, 1000}, {1'000, 999}};
  for (const Slots slots : all) {
    for (const int64_t near : times) {
      for (int64_t at = near; at < near + 3; ++at) {
        const int64_t slot = slots.last(at);
        check("the last slot begins at or before", slots.time(slot) <= at);
        check("the next one behind", slots.time(slot + 1) > at);
        const int64_t nearest = slots.nearest(at);
        check("the nearest is the last or the next", nearest == slot || nearest == slot + 1);
        check("a picture reaches half of its time", slots.due(at, 40'000) - at <= slots.duration() / 2);
      }
    }
    for (int64_t slot = 1; slot < 100'000; slot += 37) {
      check("a slot's own time", slots.last(slots.time(slot)) == slot && slots.last(slots.time(slot) - 1) == slot - 1);
    }
    check("beyond the end of time all is in order", slots.time(INT64_MAX) >= slots.time(INT64_MAX / 2));
  }
}

/** A picture after the other, 9.9 s apart, far out: what a peer sends who wants the arithmetic to fail. */
static void test_skip_policy() {
  rxgst::SkipPolicy skipping(Slots{120'000, 1001}, 3);
  int64_t at = INT64_MAX / 120'000 - 50'000'000;
  for (int i = 0; i < 1000; ++i, at += 9'900'000) skipping.needless({at, 40'000, at, i % 10 == 0, true});
}

int main() {
  test_places();
  test_skip_policy();
  if (failures) return 1;
  std::printf("slots: all well\n");
  return 0;
}
