// Times of a relay: over reconnects, jumps, tracks that begin apart, and the wire's own end.
#include "rtmp/relay/program_clock.h"

#include <cstdio>
#include <cstdlib>

#include "rtmp/relay/program_clock.cc"
#include "rtmp/relay/send_window.h"

using rxgst::rtmp::ProgramClock;
using rxgst::rtmp::SendWindow;

namespace {

constexpr int64_t ms = 1000;
constexpr bool sound = false, picture = true;

void expect(int64_t got, int64_t wanted, const char* what) {
  if (got == wanted) return;
  std::printf("%s: %lld instead of %lld\n", what, static_cast<long long>(got), static_cast<long long>(wanted));
  std::exit(1);
}

void test_differences() {
  ProgramClock clock;
  expect(clock.media(picture, 5000, 0), 0, "the first picture");
  expect(clock.media(sound, 4980, 1 * ms), -20, "sound beside it, a little earlier");
  expect(clock.media(picture, 5040, 40 * ms), 40, "the next one");
  // Small steps back are the source's own.
  expect(clock.media(picture, 5030, 50 * ms), 30, "a step back");
  expect(clock.beside(5035), 35, "script data");
  expect(clock.beside(0), 40, "script data that say 0");
}

void test_reconnect() {
  ProgramClock clock;
  clock.media(picture, 100'000, 0);
  clock.media(sound, 100'010, 10 * ms);
  clock.media(picture, 100'040, 40 * ms);
  clock.begin();
  expect(clock.beside(0), 40, "a record before the first media");
  expect(clock.media(picture, 7, 3040 * ms), 3040, "what has passed is added");
  expect(clock.media(sound, 17, 3050 * ms), 3050, "for sound, too");
  expect(clock.media(picture, 47, 3080 * ms), 3080, "and it goes on");
}

void test_never_back() {
  ProgramClock clock;
  clock.media(picture, 0, 0);
  clock.media(sound, 30, 30 * ms);
  clock.begin();
  // At once, as from a second input; its sound lies before its keyframe.
  expect(clock.media(picture, 9000, 31 * ms), 31, "the keyframe");
  expect(clock.media(sound, 8950, 32 * ms), 31, "sound from before it");
  expect(clock.media(sound, 8973, 33 * ms), 32, "goes on slowly");
  expect(clock.media(sound, 9010, 34 * ms), 41, "until it is beyond");
  expect(clock.media(sound, 9005, 35 * ms), 36, "then it is the source's own again");
}

void test_catching_up() {
  ProgramClock clock;
  for (int i = 0; i <= 10; ++i) clock.media(picture, 40 * i, 40 * i * ms);
  // 100 ms later another source takes over, with pictures of the last 400 ms.
  clock.join(50'400, 500 * ms);
  for (int i = 0; i < 7; ++i) expect(clock.media(picture, 50'000 + 40 * i, 500 * ms), 401 + i, "one of the past");
  expect(clock.media(picture, 50'320, 500 * ms), 420, "one that fits");
  expect(clock.media(picture, 50'400, 500 * ms), 500, "the newest is now");
  expect(clock.media(picture, 50'440, 540 * ms), 540, "and on");
}

void test_jumps() {
  ProgramClock clock;
  clock.media(picture, 600'000, 0);
  clock.media(sound, 600'010, 0);
  // Another publisher on the same connection.
  expect(clock.media(picture, 0, 500 * ms), 510, "pictures begin anew");
  expect(clock.media(sound, 10, 510 * ms), 520, "sound joins them");
  expect(clock.media(picture, 40, 540 * ms), 550, "and on");
  // A publisher that paused for five minutes and says so.
  expect(clock.media(picture, 300'040, 300'540 * ms), 300'550, "a pause is no jump");
  expect(clock.media(sound, 300'050, 300'550 * ms), 300'560, "of neither");
  expect(clock.media(picture, 900'000'000, 300'580 * ms), 300'590, "days ahead at once is one");
}

void test_wrap() {
  // The connection gives 64 bits; nothing happens at 32.
  ProgramClock clock;
  const int64_t before = (int64_t{1} << 32) - 20;
  clock.media(picture, before, 0);
  expect(clock.media(picture, before + 40, 40 * ms), 40, "over 32 bits");
}

/** Any times of a hostile source: program time grows no faster than the clock and the largest step allow. */
void test_hostile() {
  ProgramClock clock;
  uint32_t state = 1;
  int64_t now = 0, last = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    state = state * 1664525 + 1013904223;
    now += state >> 28;
    if (state % 1000 == 0) clock.begin();
    const int64_t source = static_cast<int64_t>(state) * (state % 7 == 0 ? 1 : 0) + state % 3000;
    const int64_t at = clock.media(state >> 8 & 1, source, now);
    if (at > last) last = at;
  }
  if (last > int64_t{1} << 40) expect(last, 0, "the time of a million leaps");
}

void test_window() {
  SendWindow window;
  expect(window.length_ms(), 0, "nothing waits");
  window.add(SendWindow::no_time);
  for (int64_t at = 0; at <= 2000; at += 40) window.add(at);
  expect(window.length_ms(), 2000, "all waits");
  window.keep(11);
  expect(window.length_ms(), 400, "ten steps");
  window.keep(0);
  expect(window.length_ms(), 0, "all has left");
}

}  // namespace

int main() {
  test_differences();
  test_reconnect();
  test_never_back();
  test_catching_up();
  test_jumps();
  test_wrap();
  test_hostile();
  test_window();
  std::printf("program_clock: all well\n");
}
