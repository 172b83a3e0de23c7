// What must hold of the meter's arithmetic: no pipeline, no JS, no time of its own. Compiled and run by meters.test.ts.
#include <cmath>
#include <cstdio>
#include <random>

#include "gst/picture_times.h"
#include "meter/flow.cc"
#include "meter/interval.h"
#include "output/stamp.cc"

using namespace rxgst;

static int failures = 0;
#define CHECK_NEAR(actual, expected, by)                                                   \
  do {                                                                                     \
    const double is = static_cast<double>(actual), should = static_cast<double>(expected); \
    if (!(std::abs(is - should) <= (by))) {                                                \
      std::printf("%s:%d: %s is %f, not %f\n", __FILE__, __LINE__, #actual, is, should);   \
      ++failures;                                                                          \
    }                                                                                      \
  } while (false)
#define CHECK(condition) CHECK_NEAR((condition) ? 1 : 0, 1, 0)

constexpr int64_t us = 1'000'000;  // in a second
constexpr int64_t ns = 1'000'000'000;
constexpr FlowParts everything = {true, true, true, true, true, true, true};

static Packet picture(int64_t arrival, int64_t dts, bool key = false, int64_t pts = INT64_MIN, uint64_t size = 1000) {
  return {arrival, pts == INT64_MIN ? dts : pts, dts, size, key, true};
}

static void rates_are_of_the_last_five_seconds() {
  Flow flow(everything);
  CHECK(!flow.read(0).bits_per_second);
  // 25 pictures a second of 1000 bytes for ten seconds, then of 2000.
  for (int i = 0; i < 500; ++i) {
    flow.add(picture(100 * us + i * us / 25, i * ns / 25, i % 50 == 0, INT64_MIN, i < 250 ? 1000 : 2000));
    if (i == 10) CHECK(!flow.read(100 * us + i * us / 25).bits_per_second);
    if (i == 249) CHECK_NEAR(*flow.read(100 * us + i * us / 25).bits_per_second, 200'000, 2'000);
  }
  const auto reading = flow.read(120 * us);
  CHECK_NEAR(*reading.bits_per_second, 400'000, 100);
  CHECK_NEAR(*reading.per_second, 25, 0.01);
  CHECK_NEAR(*reading.per_second_pts, 25, 0.01);
  CHECK_NEAR(reading.bytes, 750'000, 0);
  CHECK_NEAR(reading.keyframes, 10, 0);
  CHECK_NEAR(*reading.keyframe_last, 2, 0.001);
  CHECK_NEAR(*reading.keyframe_age, 49.0 / 25, 0.001);
  CHECK(!*reading.reordered);
  CHECK_NEAR(*reading.jitter, 0, 0.001);
  CHECK_NEAR(*reading.lateness, 0, 0.001);
  CHECK_NEAR(reading.missing, 0, 0);
  // Nothing comes any more: the rate goes to 0, which is no "unknown".
  CHECK_NEAR(*flow.read(126 * us).bits_per_second, 0, 0);
  flow.reset();
  CHECK(!flow.read(126 * us).bits_per_second);
  CHECK_NEAR(flow.read(126 * us).bytes, 750'000, 0);
}

static void jitter_is_that_of_rfc_3550() {
  Flow flow(everything);
  // Every other picture is 8 ms late: |D| is 8 ms each time.
  for (int i = 0; i < 200; ++i) flow.add(picture(i * 40'000 + (i % 2) * 8'000, i * ns / 25));
  const auto reading = flow.read(8 * us);
  CHECK_NEAR(*reading.jitter, 8, 0.01);
  CHECK_NEAR(*reading.jitter_p99, 8, 0.01);
  // A burst on time in the stream's own terms is none.
  Flow steady(everything);
  for (int i = 0; i < 200; ++i) steady.add(picture(i * 40'000 + 3 * us, 7 * ns + i * ns / 25));
  CHECK_NEAR(*steady.read(11 * us).jitter, 0, 0.001);
}

static void holes_are_counted_in_pictures() {
  Flow flow(everything);
  int64_t sent = 0;
  for (int i = 0; i < 300; ++i) {
    if (i == 100 || i == 200 || i == 201 || i == 202) continue;
    // FLV's whole milliseconds.
    flow.add(picture(i * us / 30, i * 1000 / 30 * 1'000'000LL));
    ++sent;
  }
  CHECK_NEAR(flow.read(10 * us).missing, 4, 0);
  CHECK_NEAR(flow.read(10 * us).packets, sent, 0);
}

static void b_frames_are_seen() {
  Flow flow(everything);
  for (int i = 0; i < 100; ++i) {
    // Decoding order I P B B: presented 1, 4, 2, 3 …
    const int shown[] = {0, 3, 1, 2};
    flow.add(picture(i * us / 25, i * ns / 25, i % 24 == 0, (i / 4 * 4 + shown[i % 4] + 2) * ns / 25));
  }
  const auto reading = flow.read(4 * us);
  CHECK(*reading.reordered);
  CHECK_NEAR(*reading.keyframe_last, 24.0 / 25, 0.001);
  CHECK_NEAR(reading.missing, 0, 0);
}

static void lateness_is_the_growth_of_a_backlog() {
  Flow flow(everything);
  for (int i = 0; i < 250; ++i) flow.add(picture(i * us / 25, i * ns / 25));
  for (int i = 250; i < 500; ++i) flow.add(picture(i * us / 25 + 700'000, i * ns / 25));
  CHECK_NEAR(*flow.read(20 * us + 700'000).lateness, 700, 0.1);
  // The least of the last minute: what has lasted for longer is how it is.
  for (int i = 500; i < 2100; ++i) flow.add(picture(i * us / 25 + 700'000, i * ns / 25));
  CHECK_NEAR(*flow.read(84 * us + 700'000).lateness, 0, 0.1);
}

static void drift_counts_from_the_first_ten_seconds() {
  Flow video(everything), audio(everything);
  std::mt19937 random(1);
  std::uniform_int_distribution<int64_t> late(0, 4'000);
  for (int i = 0; i < 500; ++i) {
    video.add(picture(i * us / 25 + late(random), i * ns / 25));
    // From 12 s on sound is stamped 80 ms too early: it is heard ahead.
    const int64_t moved = i * ns / 25 >= 12 * ns ? 80'000'000 : 0;
    audio.add({i * us / 25 + late(random), i * ns / 25 - 30'000'000 - moved, i * ns / 25 - 30'000'000 - moved, 200,
               true, false});
    if (i == 200) CHECK(!audio.read(8 * us).late_at_first);
  }
  const auto a = audio.read(20 * us), v = video.read(20 * us);
  CHECK_NEAR((*a.late - *v.late) - (*a.late_at_first - *v.late_at_first), 80, 2);
  CHECK_NEAR(*a.late - *v.late, 110, 2);
}

static void intervals_last_by_the_streams_time() {
  EndedIntervals ended;
  Interval black(IntervalKind::black);
  const auto put = [&](int64_t ms, bool so) { black.put(ms * 1'000'000, (ms + 40) * 1'000'000, so, ended); };
  for (int64_t ms = 0; ms < 1000; ms += 40) put(ms, false);
  CHECK_NEAR(black.seconds(), 0, 0);
  for (int64_t ms = 1000; ms < 4000; ms += 40) put(ms, true);
  CHECK_NEAR(black.seconds(), 3, 0.001);
  // The clock starts anew, and it goes on being black.
  for (int64_t ms = 0; ms < 1000; ms += 40) put(ms, true);
  CHECK_NEAR(black.seconds(), 4, 0.05);
  CHECK(ended.take().empty());
  put(1000, false);
  CHECK_NEAR(black.seconds(), 0, 0);
  const auto all = ended.take();
  CHECK_NEAR(all.size(), 1, 0);
  CHECK_NEAR(all.at(0).end - all.at(0).start, 4e9, 5e7);
  // What nobody would call black is no interval.
  put(1040, true);
  put(1080, false);
  CHECK(ended.take().empty());
}

static void stamps_come_back_whatever_their_bytes() {
  // Bytes 0 … 3 behind zeros are what has to be escaped.
  const int64_t hard[] = {
      0, 1, 2, 3, 0x0000010000020000, 0x0003000003000001, 1'700'000'000'123'456, 0x0000030000000000};
  for (const int64_t time : hard) {
    const auto nal = stamp_nal(time);
    int zeros = 0;
    for (const uint8_t byte : nal) {
      CHECK(!(zeros >= 2 && byte < 3));  // no start code
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    std::vector<uint8_t> unit = {0, 0, 0, 2, 0x09, 0xf0, 0, 0, 0, static_cast<uint8_t>(nal.size())};
    unit.insert(unit.end(), nal.begin(), nal.end());
    const uint8_t slice[] = {0, 0, 0, 3, 0x65, 1, 2};
    unit.insert(unit.end(), slice, slice + sizeof(slice));
    const auto read = read_stamp(unit.data(), unit.size(), 4);
    CHECK(read.has_value() && *read == time);
    // Cut anywhere, it is not there, and nothing is read behind the end.
    for (size_t size = 0; size < 10 + nal.size(); ++size) {
      const std::vector<uint8_t> part(unit.begin(), unit.begin() + static_cast<ptrdiff_t>(size));
      CHECK(!read_stamp(part.data(), part.size(), 4));
    }
  }
  // Another SEI of the same kind, a length that lies, no slice.
  const uint8_t other[] = {0, 0, 0, 20, 6, 5, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x80};
  CHECK(!read_stamp(other, sizeof(other), 4));
  const uint8_t lying[] = {0xff, 0xff, 0xff, 0xff, 6, 5, 24};
  CHECK(!read_stamp(lying, sizeof(lying), 4));
}

int main() {
  rates_are_of_the_last_five_seconds();
  jitter_is_that_of_rfc_3550();
  holes_are_counted_in_pictures();
  b_frames_are_seen();
  lateness_is_the_growth_of_a_backlog();
  drift_counts_from_the_first_ten_seconds();
  intervals_last_by_the_streams_time();
  stamps_come_back_whatever_their_bytes();
  if (failures == 0) std::printf("meters: all well\n");
  return failures == 0 ? 0 : 1;
}
