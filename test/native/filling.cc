// Tests that a bitrate stays constant for pictures of any size. Compiled and run by arithmetic.test.ts.
#include "h264/filling.h"

#include <cmath>
#include <cstdio>
#include <random>

using rxgst::Filling;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

constexpr int64_t picture = 40'000'000;  // ns, of 25 a second
constexpr int64_t rate = 1'500'000;      // bit/s
constexpr size_t share = rate / 8 / 25;  // bytes a picture

template <class Size>
static double filled(int pictures, Size size, int64_t bitrate = rate) {
  Filling filling;
  double sum = 0;
  for (int i = 0; i < pictures; ++i) {
    const size_t own = size(i);
    const size_t room = filling.room(i * picture, own, bitrate);
    check("filler is nothing, or a whole unit", room == 0 || room >= Filling::min_bytes);
    sum += static_cast<double>(own + room);
  }
  return sum * 8 / (pictures / 25.0);
}

static bool near(double bitrate, double wanted, double part) { return std::abs(bitrate - wanted) <= wanted * part; }

int main() {
  check("tiny pictures", near(filled(500, [](int) { return size_t{60}; }), rate, 0.01));
  const auto keyframes = [](int i) { return i % 50 == 0 ? size_t{60'000} : size_t{60}; };
  check("a keyframe every two seconds", near(filled(500, keyframes), rate, 0.03));
  std::mt19937 random(1);
  check("pictures of any size below it", near(filled(5000, [&](int) { return random() % (2 * share); }), rate, 0.03));
  check("nothing is added to what fills it", near(filled(500, [](int) { return share; }), rate, 0.01));
  check("nor to what is beyond it", near(filled(500, [](int) { return 2 * share; }), 2 * rate, 0.001));

  // A long lead delays the filling by one second at most.
  Filling filling;
  int64_t time = 0;
  for (int i = 0; i < 1000; ++i) filling.room(time += picture, 4 * share, rate);
  int waited = 0;
  while (filling.room(time += picture, 60, rate) == 0) ++waited;
  check("a second at most", waited > 20 && waited <= 26);
  // From the next picture on the bitrate is another.
  check("half the bitrate", filling.room(time += picture, 0, rate / 2) == share / 2);
  // A gap is filled with one second at most; time that goes back counts as no time.
  check("a gap", filling.room(time += 100 * picture, 0, rate) == 25 * share);
  check("back", filling.room(time - 10 * picture, 0, rate) == 0);

  // Room for less than a unit is kept for later.
  Filling slow;
  size_t sum = 0;
  for (int i = 0; i < 1000; ++i) sum += slow.room(i * 1'000'000, 0, 10'000);
  check("a low bitrate in small steps", sum >= 1240 && sum <= 1250);

  if (failures == 0) std::printf("filling: all well\n");
  return failures == 0 ? 0 : 1;
}
