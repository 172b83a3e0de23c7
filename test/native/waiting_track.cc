// Tests the bound of what waits in a jitter buffer. Compiled and run by arithmetic.test.ts.
#include "capture/inputs/waiting_track.h"

#include <cstdio>

using rxgst::WaitingTrack;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

int main() {
  {
    WaitingTrack track;
    for (uint16_t i = 0; i < 10; ++i) check("there is room", track.enter(i, 100, 1000));
    check("and then none", !track.enter(10, 1, 1000));
    track.leave(0);
    check("one has left", track.enter(10, 100, 1000));
    check("and no more", !track.enter(11, 1, 1000));
    // The buffer has thrown 1 to 5 away.
    track.leave(6);
    for (uint16_t i = 11; i < 17; ++i) check("all before it have left", track.enter(i, 100, 1000));
    check("full again", !track.enter(17, 1, 1000));
  }
  {
    WaitingTrack track;
    // Numbers begin anew behind 65535.
    for (int i = 65'530; i < 200'000; ++i) {
      check("each has room", track.enter(static_cast<uint16_t>(i), 100, 300));
      if (i > 65'530) track.leave(static_cast<uint16_t>(i - 1));
    }
  }
  {
    WaitingTrack track;
    check("what is too large alone is dropped", !track.enter(0, 1001, 1000));
    check("and takes no room", track.enter(1, 1000, 1000));
    // What leaves was never counted: before the probe.
    track.leave(0);
    check("an earlier one makes no room", !track.enter(2, 1, 1000));
  }
  if (failures == 0) std::printf("waiting_track: all well\n");
  return failures == 0 ? 0 : 1;
}
