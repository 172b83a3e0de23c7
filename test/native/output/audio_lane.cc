// Tests where an output's audio is placed. Compiled and run by arithmetic.test.ts.
#include "output/audio_lane.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using rxgst::AudioLane;

constexpr int rate = 48'000;
constexpr int64_t ms = rate / 1000;
constexpr int64_t ahead = 4 * AudioLane::aac_block_samples;

static int failures = 0;
static void check(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s: not so\n", what.c_str());
  ++failures;
}

/** Stereo; notes one channel of the pushed audio. */
struct Laid {
  std::vector<float> all;
  AudioLane lane{rate, 2, [this](const float* samples, int64_t position, int64_t count) {
                   check(position == static_cast<int64_t>(all.size()) && count > 0, "one behind the other");
                   for (int64_t i = 0; i < count; ++i) all.push_back(samples ? samples[i * 2] : 0);
                 }};
  /** A write of `count` samples of value `value` with the picture at `at`, and then that picture's audio. */
  void write(int64_t at, int64_t count, float value, bool source = false, bool moved = false) {
    const std::vector<float> samples(static_cast<size_t>(count * 2), value);
    if (count > 0) lane.place({samples, at, source, moved});
    lane.lay(at, at + 40 * ms, count > 0);
  }
  int64_t count(float value) const { return std::count(all.begin(), all.end(), value); }
};

static void silence() {
  Laid laid;
  laid.lane.expect_none();
  laid.lane.lay(0, 40 * ms, false);
  check(static_cast<int64_t>(laid.all.size()) == ahead, "silence is laid four blocks ahead");
  laid.lane.lay(40 * ms, 80 * ms, false);
  check(static_cast<int64_t>(laid.all.size()) == 40 * ms + ahead, "and goes on with the pictures");
  // Silence that was pushed ahead is cut off the beginning of the returning audio.
  laid.write(80 * ms, 40 * ms, 1);
  check(laid.lane.trimmed() == static_cast<uint64_t>(40 * ms), "what lies ahead is cut off");
  laid.write(120 * ms, 200 * ms, 2);
  check(laid.all[static_cast<size_t>(laid.lane.silence())] == 2, "and the rest follows the silence");
}

static void together() {
  Laid laid;
  for (int i = 0; i < 50; ++i) laid.write(i * 40 * ms, 40 * ms, 1);
  check(laid.lane.silence() == 0 && laid.lane.trimmed() == 0, "what comes with its pictures stays as it is");
  check(laid.count(1) == 50 * 40 * ms, "all of it");
  // Audio may come 300 ms late before silence takes its place.
  for (int i = 50; i < 58; ++i) laid.write(i * 40 * ms, 0, 0);
  check(laid.lane.silence() == 0, "a little late is no silence");
  laid.write(58 * 40 * ms, 0, 0);
  check(laid.lane.silence() == static_cast<uint64_t>(8 * 40 * ms + ahead), "later it is");
}

static void sources() {
  Laid laid;
  for (int i = 0; i < 10; ++i) laid.write(i * 40 * ms, 40 * ms, 1, true);
  // A hole of more than 10 ms in a source stays open …
  laid.write(10 * 40 * ms + 20 * ms, 40 * ms, 1, true);
  check(laid.lane.silence() == static_cast<uint64_t>(20 * ms), "a hole of the source");
  // … and an overlap begins anew.
  laid.write(11 * 40 * ms, 40 * ms, 1, true);
  check(laid.lane.trimmed() == static_cast<uint64_t>(20 * ms), "an overlap of the source");
  laid.write(12 * 40 * ms, 13'000 * ms, 1, true);
  check(laid.lane.trimmed() >= static_cast<uint64_t>(1000 * ms), "no more waits than 12 s");
  laid.lane.flush();
  laid.lane.fill_to_end(static_cast<int64_t>(laid.all.size()));
  check(laid.all.back() == 0 && laid.lane.end_us() == static_cast<int64_t>(laid.all.size()) * 1'000'000 / rate,
        "one block more at the end");
}

static void noise() {
  std::mt19937 random(1);
  for (int run = 0; run < 20; ++run) {
    Laid laid;
    int64_t at = 0, written = 0;
    for (int step = 0; step < 200; ++step) {
      const int64_t count = random() % 3 == 0 ? 0 : static_cast<int64_t>(random()) % (80 * ms);
      const int64_t beside = static_cast<int64_t>(random() % 400) * ms / 10 - 20 * ms;
      if (random() % 20 == 0) laid.lane.expect_none();
      laid.write(std::max<int64_t>(at + beside, 0), count, 1, random() % 2, random() % 30 == 0);
      written += count;
      at += 40 * ms;
    }
    laid.lane.flush();
    // Every written sample is pushed or cut, and all other samples are silence.
    check(laid.count(1) + static_cast<int64_t>(laid.lane.trimmed()) == written, "none is lost");
    check(laid.count(0) == static_cast<int64_t>(laid.lane.silence()), "none is made up");
  }
}

int main() {
  silence();
  together();
  sources();
  noise();
  if (failures == 0) std::puts("audio_lane: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
