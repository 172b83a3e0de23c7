// When an input of a relay counts as silent: by the steps in which its packets come.
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
  /** The packets of a second at once. */
  int64_t step(int64_t at_us) {
    for (int64_t i = 0; i < 77; ++i) note(at_us + i * 50);
    return last_us_;
  }
  bool silent_after(int64_t wait_ms) const { return input_.is_silent(last_us_ + wait_ms * ms); }
  RelayInput& input() { return input_; }

 private:
  void note(int64_t now_us) {
    MediaMessage message;
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

}  // namespace

int main() {
  test_smooth();
  test_steps();
  test_outage();
  std::printf("relay_input: all well\n");
}
