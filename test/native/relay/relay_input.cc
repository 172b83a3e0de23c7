// When an input of a relay counts as silent, by the steps in which its packets come, and when as present again.
#include "rtmp/relay/relay_input.h"

#include <cstdio>
#include <cstdlib>

#include "rtmp/relay/relay_input.cc"

using namespace rxgst::rtmp;

// What a StreamFacts reads is of no account here.
void StreamFacts::take_frame(const Frame& frame) { pictures_ = pictures_ || frame.video; }
void StreamFacts::take_metadata(const MediaMessage&) {}
void StreamRecords::clear() {}
void StreamRecords::note(MediaKind, const Frame&, const Payload&) {}

namespace {

constexpr int64_t ms = 1000;

void expect(bool got, const char* what) {
  if (got) return;
  std::printf("wrong: %s\n", what);
  std::exit(1);
}

/** Sound and pictures, 77 packets a second. */
class Stream {
 public:
  /** At their own times. @return the time of the last */
  int64_t smooth(int64_t from_us, int64_t length_ms) {
    for (int64_t at = 0; at < length_ms; at += 13) note(from_us + at * ms);
    return last_us_;
  }
  /** So much was held back, and comes at so many times its speed until it is of now. @return the time of the last */
  int64_t late(int64_t from_us, int64_t held_ms, int64_t speed) {
    const int64_t length_ms = held_ms * speed / (speed - 1);
    for (int64_t at = 0; at < length_ms; at += 13)
      note(from_us + at * ms / speed, (held_ms - at) * ms + at * ms / speed);
    return last_us_;
  }
  /** The packets of a second at once. */
  int64_t step(int64_t at_us) {
    for (int64_t i = 0; i < 77; ++i) note(at_us + i * 50);
    return last_us_;
  }
  bool silent_after(int64_t wait_ms) const { return input_.is_silent(last_us_ + wait_ms * ms); }
  bool present_after(int64_t wait_ms) const { return input_.is_present(last_us_ + wait_ms * ms); }
  RelayInput& input() { return input_; }

 private:
  void note(int64_t now_us, int64_t late_us = 0) {
    MediaMessage message;
    message.timestamp_ms = (now_us - late_us) / ms;
    message.kind = MediaKind::video;
    Seen seen;
    seen.content = Content::media;
    seen.video = true;
    input_.note(message, seen, now_us);
    last_us_ = now_us;
  }

  RelayInput input_{0};
  int64_t last_us_ = 0;
};

void test_smooth() {
  Stream stream;
  stream.smooth(1000 * ms, 3000);
  expect(!stream.silent_after(350), "a short wait");
  expect(stream.silent_after(351), "a silence");
}

void test_steps() {
  Stream stream;
  for (int64_t second = 1; second < 10; ++second) {
    stream.step(second * 1000 * ms);
    if (second == 1) continue;
    expect(!stream.silent_after(1000), "the next step of a second");
    expect(!stream.silent_after(2900), "three of them");
    expect(stream.silent_after(3100), "more than three");
  }
  // It becomes smooth.
  stream.smooth(9020 * ms, 2100);
  expect(stream.silent_after(351), "the steps are forgotten");
}

void test_outage() {
  Stream stream;
  const int64_t last_us = stream.smooth(1000 * ms, 3000);
  stream.input().begin_anew(true);
  expect(!stream.silent_after(5000), "nothing of the next publisher has come");
  stream.smooth(last_us + 1700 * ms, 100);
  expect(stream.silent_after(351), "the time without a publisher is no step");
}

void test_backlog() {
  Stream stream;
  stream.smooth(1000 * ms, 13);
  expect(stream.present_after(0), "a beginning is no return");
  const int64_t last_us = stream.smooth(1013 * ms, 3000);
  expect(stream.present_after(350), "a short wait");
  expect(!stream.present_after(351), "a silence");
  const int64_t back_us = stream.late(last_us + 613 * ms, 600, 6);
  expect(!stream.present_after(0), "what was held back still comes");
  expect(!stream.present_after(40), "its network takes a breath");
  expect(stream.present_after(50), "it has been read");
  stream.smooth(back_us + 13 * ms, 50);
  expect(!stream.present_after(0), "the end of it is among these");
  stream.smooth(back_us + 65 * ms, 80);
  expect(stream.present_after(0), "it comes at its own speed");
  stream.input().begin_anew(false);
  stream.smooth(back_us + 1000 * ms, 13);
  expect(stream.present_after(0), "another publisher");
}

}  // namespace

int main() {
  test_smooth();
  test_steps();
  test_outage();
  test_backlog();
  std::printf("relay_input: all well\n");
}
