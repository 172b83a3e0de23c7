// Tests the rate of a stream against its claims. Compiled and run by arithmetic.test.ts.
#include "capture/picture_rate.h"

#include <cstdio>
#include <cstdlib>
#include <random>

using rxgst::PictureRate;
using rxgst::Rate;

static int failures = 0;
static void is(const char* what, const PictureRate& rate, int64_t n, int64_t d) {
  const Rate is = rate.rate();
  if (is.n * d == n * is.d && (n == 0) == (is.n == 0)) return;
  std::printf("%s: %lld/%lld\n", what, static_cast<long long>(is.n), static_cast<long long>(is.d));
  ++failures;
}

/** Pictures from..to of a rate, in FLV's whole milliseconds. */
static void feed(PictureRate& rate, double fps, int from, int to) {
  for (int i = from; i < to; ++i) rate.add(static_cast<int64_t>(std::floor(i * 1000 / fps)) * 1'000'000);
}

static void test_claims() {
  PictureRate rate;
  is("nothing is known", rate, 0, 1);
  rate.claim({30'000, 1001});
  is("its claim, at first", rate, 30'000, 1001);
  feed(rate, 30'000.0 / 1001, 0, 2000);
  is("and on", rate, 30'000, 1001);
  if (rate.duration_ns() != 33'366'666) is("its duration", rate, 0, 1);
  constexpr Rate lies[] = {{48'001, 1}, {1, 1},         {6, 100'000}, {0, 0},  {25, 0},
                           {-25, 1},    {INT32_MAX, 1}, {50, 1},      {24, 1}, {15, 1}};
  for (const Rate lie : lies) {
    PictureRate lied;
    lied.claim(lie);
    feed(lied, 25, 0, 12);
    is("a claim that is none", lied, 25, 1);
  }
  PictureRate close;
  close.claim({30, 1});
  feed(close, 30'000.0 / 1001, 0, 1000);
  is("30 that is 29.97", close, 30'000, 1001);
}

static void test_measured() {
  for (const double fps : {5.0, 8.0, 12.0, 15.0, 20.0, 24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 100.0, 120.0}) {
    PictureRate rate;
    feed(rate, fps, 0, 3);
    if (fps < 30) is("after two steps", rate, static_cast<int64_t>(fps), 1);
    feed(rate, fps, 3, 1000);
    is("after a thousand", rate, static_cast<int64_t>(fps), 1);
  }
  for (const int64_t base : {24, 30, 60}) {
    PictureRate rate;
    feed(rate, static_cast<double>(base) * 1000 / 1001, 0, 1000);
    is("of NTSC", rate, base * 1000, 1001);
  }
  PictureRate odd;
  feed(odd, 17.5, 0, 1000);
  is("an odd one", odd, 17'500, 1000);
  PictureRate slow;
  feed(slow, 0.2, 0, 20);
  is("a picture in five seconds", slow, 200, 1000);
}

static void test_odd_times() {
  std::mt19937 random(5);
  PictureRate jitter;
  for (int i = 0; i < 1000; ++i) jitter.add((i * 40 + static_cast<int64_t>(random() % 20)) * 1'000'000);
  is("by a camera's clock", jitter, 25, 1);
  PictureRate holes;
  for (int i = 0; i < 1000; ++i)
    if (random() % 20) holes.add(int64_t{i} * 40'000'000);
  is("pictures left out", holes, 25, 1);
  PictureRate jumps;
  jumps.claim({25, 1});
  for (int i = 0; i < 300; ++i) jumps.add((i % 50 == 0 ? -1 : 1) * i * int64_t{40'000'000});
  is("times that go back", jumps, 25, 1);
  PictureRate burst;
  burst.claim({25, 1});
  burst.add(0);
  feed(burst, 25, 42, 60);
  is("a hole behind the first", burst, 25, 1);
  PictureRate still;
  for (int i = 0; i < 100; ++i) still.add(7);
  is("times that stand still", still, 0, 1);
}

int main() {
  test_claims();
  test_measured();
  test_odd_times();
  if (failures) return EXIT_FAILURE;
  std::printf("picture-rate: all well\n");
  return EXIT_SUCCESS;
}
