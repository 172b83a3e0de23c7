// Laws of a capture's clocks, which are arithmetic alone. Compiled and run by arithmetic.test.ts.
#include <cstdio>
#include <cstdlib>

#include "capture/capture_clock.h"
#include "capture/packet_clock.h"

using rxgst::CaptureClock;
using rxgst::PacketClock;
using rxgst::Track;

static int failures = 0;
#define CHECK(actual, expected)                                                              \
  do {                                                                                       \
    const long long is = (actual), should = (expected);                                      \
    if (is != should) {                                                                      \
      std::printf("%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, is, should); \
      ++failures;                                                                            \
    }                                                                                        \
  } while (false)

constexpr int64_t us = 1'000'000;  // in a second
constexpr int64_t ns = 1'000'000'000;
constexpr int64_t ms = 1'000'000;  // ns

static void capture_time_is_in_step_with_real_time() {
  CaptureClock clock;
  CHECK(clock.begin(500 * us), 0);
  clock.reach(10 * us);
  // Lost after ten seconds, back three seconds later.
  CHECK(clock.begin(513 * us), 13 * us);
  clock.reach(20 * us);
  CHECK(clock.begin(530 * us), 30 * us);
}

static void nothing_goes_back() {
  CaptureClock clock;
  clock.begin(0);
  // A server sent its last two seconds at once: the capture is ahead of real time.
  clock.reach(12 * us);
  clock.reach(11 * us);
  CHECK(clock.begin(11 * us), 12 * us);
  clock.reach(20 * us);
  // The next outage uses the lead up.
  CHECK(clock.begin(25 * us), 25 * us);
}

static void it_counts_on() {
  CaptureClock clock;
  CHECK(clock.next_sequence(), 0);
  CHECK(clock.next_sequence(), 1);
  CHECK(clock.next_slot(), 0);
  clock.take_slot(7);
  clock.take_slot(3);
  CHECK(clock.next_slot(), 8);
}

static void what_goes_on_is_not_touched() {
  PacketClock packets;
  for (int64_t i = 0; i < 1000; ++i) {
    const int64_t now = i * 40'000;
    CHECK(packets.place(Track::video, 3600 * ns + i * 40 * ms, now), 3600 * ns + i * 40 * ms);
    CHECK(packets.place(Track::audio, 3600 * ns + i * 40 * ms - 90 * ms, now), 3600 * ns + i * 40 * ms - 90 * ms);
  }
  // A burst faster than real time, a hole of nine seconds, a pause as long as the timestamps say, half a second back.
  int64_t at = 3600 * ns + 1000 * 40 * ms;
  for (int i = 0; i < 100; ++i, at += 40 * ms) CHECK(packets.place(Track::video, at, 40 * us), at);
  at += 9 * ns;
  CHECK(packets.place(Track::video, at, 40 * us), at);
  at += 60 * ns;
  CHECK(packets.place(Track::video, at, 100 * us), at);
  at -= 500 * ms;
  CHECK(packets.place(Track::video, at, 100 * us), at);
  CHECK(packets.jumps(), 0);
}

/**
 * Both tracks begin anew, the picture first, the audio two packets later. Returns how far (ns) the two lose their sync.
 */
static int64_t sync_loss(int64_t from, int64_t to, int64_t pause_us, bool audio_first = false) {
  PacketClock packets;
  const auto [one, other] = audio_first ? std::pair(Track::audio, Track::video) : std::pair(Track::video, Track::audio);
  int64_t now = 0;
  for (int i = 0; i < 100; ++i, now += 40'000) {
    packets.place(one, from + i * 40 * ms, now);
    packets.place(other, from + i * 40 * ms, now);
  }
  now += pause_us - 40'000;
  const int64_t first = packets.place(one, to, now);
  CHECK(packets.jumps(), 1);
  const int64_t expected = from + 99 * 40 * ms + std::max<int64_t>(PacketClock::jump_step_ns, pause_us * 1000);
  CHECK(first, expected);
  // The other track still brings a packet of the old time, which keeps its place.
  CHECK(packets.place(other, from + 100 * 40 * ms, now), from + 100 * 40 * ms);
  CHECK(packets.place(one, to + 40 * ms, now + 40'000), first + 40 * ms);
  const int64_t second = packets.place(other, to + 40 * ms, now + 40'000);
  CHECK(packets.jumps(), 1);
  return second - (first + 40 * ms);
}

static void both_tracks_jump_by_the_same_amount() {
  for (const int64_t pause : {int64_t{40'000}, 5 * us, 300 * us}) {
    for (const bool audio_first : {false, true}) {
      CHECK(sync_loss(3600 * ns, 0, pause, audio_first), 0);                // a publisher that begins anew
      CHECK(sync_loss(0, 86'400 * ns, pause, audio_first), 0);              // a day ahead
      CHECK(sync_loss(4'294'960'000 * ms, 5 * ms, pause, audio_first), 0);  // 32 bits of ms, which no reader unwrapped
      CHECK(sync_loss(100 * ns, 4'294'960'000 * ms, pause, audio_first), 0);  // and back
    }
  }
}

static void it_may_jump_again() {
  PacketClock packets;
  int64_t last = -1;
  for (int64_t connection = 0; connection < 50; ++connection) {
    for (int64_t i = 0; i < 100; ++i) {
      const int64_t now = (connection * 100 + i) * 40'000;
      const int64_t placed = packets.place(Track::video, i * 40 * ms, now);
      if (placed <= last) CHECK(placed, last + 1);
      CHECK(packets.place(Track::audio, i * 40 * ms, now), placed);
      last = placed;
    }
  }
  CHECK(packets.jumps(), 49);
}

static void what_begins_anew_by_its_word_follows_what_came() {
  for (const int64_t anew : {int64_t{0}, 3'000 * ms, 5'040 * ms, 90'000 * ms}) {
    PacketClock packets;
    for (int64_t at = 0; at <= 5'000 * ms; at += 40 * ms) {
      packets.place(Track::video, at, at / 1000);
      packets.place(Track::audio, at, at / 1000);
    }
    packets.renew(Track::video);
    packets.renew(Track::audio);
    // The first one that comes sets the offset, and the other one takes it, wherever it begins.
    const int64_t first = packets.place(Track::audio, anew, 5'000'000);
    CHECK(first, 5'000 * ms + PacketClock::jump_step_ns);
    CHECK(packets.place(Track::video, anew + 60 * ms, 5'000'000), first + 60 * ms);
    CHECK(packets.place(Track::audio, anew + 40 * ms, 5'000'000), first + 40 * ms);
    CHECK(packets.jumps(), 1);
  }
}

/** Steps of 9.9 s as fast as possible: with them a peer would reach the end of 64 bits within hours. */
static void no_peer_runs_ahead_for_ever() {
  PacketClock packets;
  int64_t last = packets.place(Track::video, 0, 0);
  for (int64_t i = 1; i <= 100'000; ++i) {
    const int64_t now = i * 10;  // one second of real time in total
    const int64_t placed = packets.place(Track::video, i * 9'900 * ms, now);
    if (placed < last) CHECK(placed, last);
    last = placed;
  }
  if (last > PacketClock::max_ahead_ns + us * 1000) CHECK(last, PacketClock::max_ahead_ns + us * 1000);
  // A server that sends a recording as fast as possible runs hours ahead.
  PacketClock recording;
  for (int64_t i = 0; i < 12 * 3600 * 25; ++i) CHECK(recording.place(Track::video, i * 40 * ms, i), i * 40 * ms);
  CHECK(recording.jumps(), 0);
}

/** For any timestamp of a peer the result is not negative, and stays within 64 bits. */
static void any_timestamp_will_do() {
  constexpr int64_t half = int64_t{1} << 62;
  constexpr int64_t odd[] = {0, INT64_MAX, INT64_MIN, -1, INT64_MAX - 1, 5 * ms, half, -half, INT64_MIN + 1};
  for (size_t from = 0; from < std::size(odd); ++from) {
    PacketClock packets;
    for (int64_t i = 0; i < 10'000; ++i) {
      const auto track = i % 3 == 0 ? Track::audio : Track::video;
      const size_t at = (from + static_cast<size_t>(i * 7 + i / 5)) % std::size(odd);
      const int64_t placed = packets.place(track, odd[at], i * 1000);
      if (placed < 0 || placed > (int64_t{1} << 61)) CHECK(placed, 0);
    }
  }
}

int main() {
  capture_time_is_in_step_with_real_time();
  nothing_goes_back();
  it_counts_on();
  what_goes_on_is_not_touched();
  both_tracks_jump_by_the_same_amount();
  it_may_jump_again();
  what_begins_anew_by_its_word_follows_what_came();
  no_peer_runs_ahead_for_ever();
  any_timestamp_will_do();
  if (failures == 0) std::puts("clocks: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
