// What a relay's targets get while no input is on air: on a clock of the test's own.
#include "rtmp/relay/fill.h"

#include <cstdio>
#include <cstdlib>
#include <new>

#include "rtmp/relay/aac_silence.cc"
#include "rtmp/relay/fill.cc"
#include "rtmp/relay/program_clock.cc"
#include "rtmp/relay/stream_records.cc"
#include "rtmp/tags/codec.cc"
#include "rtmp/tags/tag_reader.cc"
#include "rtmp/tags/tag_writer.cc"

using namespace rxgst::rtmp;

namespace {

/** Of all memory. */
int64_t held_bytes = 0;

}  // namespace

void* operator new(size_t size) {
  auto* const block = static_cast<size_t*>(std::malloc(size + 16));
  if (!block) std::abort();
  *block = size;
  held_bytes += static_cast<int64_t>(size);
  return block + 2;
}
void operator delete(void* given) noexcept {
  if (!given) return;
  auto* const block = static_cast<size_t*>(given) - 2;
  held_bytes -= static_cast<int64_t>(*block);
  std::free(block);
}
void operator delete(void* given, size_t) noexcept { operator delete(given); }

namespace {

constexpr int64_t ms = 1000;

void expect(int64_t got, int64_t wanted, const char* what) {
  if (got == wanted) return;
  std::printf("%s: %lld instead of %lld\n", what, static_cast<long long>(got), static_cast<long long>(wanted));
  std::exit(1);
}

void expect_most(int64_t got, int64_t most, const char* what) {
  if (got > most) expect(got, most, what);
}

std::pair<Seen, Payload> message(Frame frame, Content content, std::vector<uint8_t> body) {
  auto made = message_of(frame, content, body);
  made.first.frame = first_frame(frame.video, made.second.bytes);
  return made;
}

Frame frame_of(bool video, FrameKind kind, bool key = false) {
  Frame frame;
  frame.video = video;
  frame.kind = kind;
  frame.key = key;
  frame.codec = video ? Codec::h264 : Codec::aac;
  return frame;
}

/** An input at 25 pictures a second and 48 kHz, as it is on air. */
class Input {
 public:
  explicit Input(std::vector<uint8_t> record = {1, 100, 0, 31}) {
    const auto video = message(frame_of(true, FrameKind::config, true), Content::record, record);
    const auto audio = message(frame_of(false, FrameKind::config), Content::record, {0x11, 0x90});
    records_.note(MediaKind::video, video.first.frame, video.second);
    records_.note(MediaKind::audio, audio.first.frame, audio.second);
  }
  /** @return how often another configuration was told */
  int play(Fill* fill, ProgramClock* clock, int64_t from_us, int pictures, int composition_ms = 0, uint8_t track = 0) {
    int told = 0;
    clock->begin();
    for (int i = 0; i < pictures; ++i) {
      Frame frame = frame_of(true, FrameKind::media, i % 25 == 0);
      frame.composition_ms = composition_ms;
      frame.track = track;
      const auto picture = message(frame, Content::media, std::vector<uint8_t>(2000, static_cast<uint8_t>(i)));
      const int64_t now_us = from_us + i * 40 * ms;
      told += fill->note(picture.first, picture.second, records_, clock->media(true, i * 40, now_us));
      const auto sound = message(frame_of(false, FrameKind::media), Content::media, {1, 2, 3});
      fill->note(sound.first, sound.second, records_, clock->media(false, i * 40, now_us));
    }
    return told;
  }
  /** A configuration that comes on the way, as it does on one connection. */
  void configure(Fill* fill, uint8_t track, std::vector<uint8_t> record) {
    Frame frame = frame_of(true, FrameKind::config, true);
    frame.track = track;
    const auto made = message(frame, Content::record, std::move(record));
    records_.note(MediaKind::video, made.first.frame, made.second);
    expect(fill->note(made.first, made.second, records_, 0), false, "a configuration alone");
  }
  /** More tracks of sound. */
  void add_sounds(int tracks) {
    for (int i = 1; i <= tracks; ++i) {
      Frame frame = frame_of(false, FrameKind::config);
      frame.track = static_cast<uint8_t>(i);
      const auto made = message(frame, Content::record, {0x11, 0x90});
      records_.note(MediaKind::audio, made.first.frame, made.second);
    }
  }

 private:
  StreamRecords records_;
};

Slate slate_of(uint8_t mark) { return {Codec::h264, {1, mark}, {{mark, 1}, {mark, 2}, {mark, 3}, {mark, 4}}}; }

/** What comes of a fill in so many ms, with a look whenever it asks for one. */
std::vector<Filled> run(Fill* fill, ProgramClock* clock, int64_t from_us, int64_t length_ms) {
  std::vector<Filled> all;
  for (int64_t now_us = from_us; now_us != 0 && now_us <= from_us + length_ms * ms; now_us = fill->next_us()) {
    for (Filled& it : fill->due(clock, now_us)) {
      // What goes into recordings, and over SRT.
      const Bytes body = first_frame(it.kind == MediaKind::video, it.payload.bytes).payload;
      expect(same(it.seen.frame.payload, body) && !body.empty(), true, "the body beside the message");
      all.push_back(std::move(it));
    }
    if (fill->next_us() != 0 && fill->next_us() <= now_us)
      expect(fill->next_us(), now_us + 1, "a look that is not yet");
  }
  return all;
}

void test_repeat() {
  Fill fill(FillMode::repeat);
  ProgramClock clock;
  expect(fill.can_begin(), false, "before any input there is nothing");
  expect(Input().play(&fill, &clock, 0, 30), 1, "a new configuration");
  // The last packet was at 1160 ms.
  fill.begin(clock, 1510 * ms);
  const auto all = run(&fill, &clock, 1510 * ms, 2000);
  int64_t last[] = {1160, 1160}, pictures = 0, sounds = 0;
  for (const Filled& it : all) {
    const bool video = it.kind == MediaKind::video;
    expect_most(last[video] + 1, it.time_ms, "times go on");
    if (video) expect_most(it.time_ms - last[video], pictures == 0 ? 350 : 300, "a picture’s wait");
    if (!video) expect_most(it.time_ms - last[video], 22, "silence without a hole");
    last[video] = it.time_ms;
    ++(video ? pictures : sounds);
    if (video) expect(it.can_begin, true, "a target may join");
    if (video) expect(it.payload.bytes[5], 25, "the last keyframe as it came");
  }
  expect(pictures, 7, "pictures of two seconds");
  // From 1181 ms to 3510 ms.
  expect_most(108, sounds, "packets of silence");
  expect_most(sounds, 110, "packets of silence");
  expect(fill.counters().repeated, 7, "counted");
  // The input is back: its times go on behind the last ones, sound and pictures alike.
  for (const Filled& it : fill.end(&clock, 3520 * ms)) last[0] = it.time_ms;
  clock.begin();
  expect(clock.media(true, 70'000, 3520 * ms), 3520, "the keyframe of the return");
  expect_most(last[0] + 21, 3520, "silence ends before it");
  expect(clock.media(false, 70'010, 3520 * ms), 3530, "its sound");
  expect(fill.is_running(), false, "it has ended");
  expect(fill.next_us(), 0, "and looks no more");
}

void test_slate() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  Input().play(&fill, &clock, 0, 30);
  expect(fill.set_slate(fill.serial() - 1, slate_of(7)), false, "one for an earlier configuration");
  expect(fill.set_slate(fill.serial(), slate_of(8)), true, "one that fits");
  fill.begin(clock, 1510 * ms);
  expect(fill.take_renewal(), true, "its configuration goes before it");
  expect(fill.take_renewal(), false, "once");
  expect(fill.records().records().size(), 2, "records of sound and pictures");
  expect(fill.records().records()[0].payload.bytes[6], 8, "that of the slate in place of the input’s");
  int pictures = 0;
  for (const Filled& it : run(&fill, &clock, 1510 * ms, 1490)) {
    if (it.kind != MediaKind::video) continue;
    expect(it.payload.bytes[5], 8, "the slate");
    expect(it.payload.bytes[6], pictures % 4 + 1, "one picture behind the other");
    expect(it.can_begin, pictures++ % 4 == 0, "a keyframe, and others");
  }
  expect(pictures, 5, "pictures of a second and a half");
  // Somebody joins in the middle of a group.
  fill.restart(3005 * ms);
  const auto joined = run(&fill, &clock, 3005 * ms, 0);
  expect(joined.back().can_begin, true, "a keyframe for who joins");
  fill.end(&clock, 3100 * ms);
  // The same input, then one of another configuration: that needs another slate.
  expect(Input().play(&fill, &clock, 3100 * ms, 5), 0, "the same configuration");
  expect(Input({1, 77, 0, 40}).play(&fill, &clock, 3300 * ms, 5), 1, "another");
  fill.begin(clock, 4000 * ms);
  expect(fill.counters().slate, false, "until it comes, the keyframe is repeated");
  expect(fill.due(&clock, 4000 * ms).back().payload.bytes[5], 0, "the keyframe");
  fill.take_renewal();
  fill.set_slate(fill.serial(), slate_of(9));
  expect(fill.take_renewal(), true, "the slate comes with its configuration");
  expect(run(&fill, &clock, 4300 * ms, 0).back().payload.bytes[5], 9, "the slate");
}

void test_without_input() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  expect(fill.can_begin(), false, "no slate yet");
  fill.set_slate(0, slate_of(5));
  expect(fill.can_begin(), true, "the slate");
  fill.begin(clock, 50'000 * ms);
  const auto all = run(&fill, &clock, 50'000 * ms, 1000);
  expect(all.front().time_ms, 0, "the program begins with it");
  expect(fill.records().records().size(), 2, "with sound");
  expect_most(45, static_cast<int64_t>(all.size()), "pictures and silence");
}

void test_b_frames() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  Input().play(&fill, &clock, 0, 10, 80);
  fill.set_slate(fill.serial(), slate_of(5));
  // The server tells of the loss at once: the last picture is shown at 440 ms.
  fill.begin(clock, 361 * ms);
  const auto all = run(&fill, &clock, 361 * ms, 600);
  int64_t shown_ms = 440;
  for (const Filled& it : all) {
    if (it.kind != MediaKind::video) continue;
    expect_most(shown_ms + 1, it.time_ms, "shown behind what came before");
    shown_ms = it.time_ms;
  }
  expect_most(shown_ms, 961, "and not later than the time is");
}

/** What the fill has of pictures: the time of each, and the first byte of its body. */
std::vector<std::pair<int64_t, int>> pictures_of(const std::vector<Filled>& all) {
  std::vector<std::pair<int64_t, int>> found;
  for (const Filled& it : all) {
    if (it.kind == MediaKind::video) found.emplace_back(it.time_ms, it.seen.frame.payload[0]);
  }
  return found;
}

void test_wild_times() {
  for (const int wild_ms : {8'388'000, -8'388'000}) {
    Fill fill(FillMode::slate);
    ProgramClock clock;
    Input().play(&fill, &clock, 0, 25, wild_ms);
    fill.begin(clock, 1310 * ms);
    int64_t last_ms = 960;
    for (int round = 0; round < 2; ++round) {
      for (const auto& [time_ms, mark] : pictures_of(run(&fill, &clock, (1310 + round * 1000) * ms, 900))) {
        expect_most(last_ms + 1, time_ms, "decoded behind what came before");
        expect_most(time_ms, 12'210, "and not much later than the time is");
        last_ms = time_ms;
      }
      fill.set_slate(fill.serial(), slate_of(5));
    }
    fill.end(&clock, 3300 * ms);
    clock.begin();
    expect_most(clock.media(true, 0, 3300 * ms), 3301, "the input is back at its time");
  }
}

void test_configurations() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  Input input;
  input.play(&fill, &clock, 0, 25);
  fill.set_slate(fill.serial(), slate_of(5));
  // Lost between a configuration and its keyframe: the last picture and its slate are of the one before.
  input.configure(&fill, 0, {1, 77, 0, 40});
  fill.begin(clock, 1350 * ms);
  expect(fill.counters().slate, true, "the slate fits the last picture");
  fill.end(&clock, 1400 * ms);
  expect(fill.picture()->record[1], 100, "as its configuration does");
  expect(input.play(&fill, &clock, 1400 * ms, 25), 1, "the keyframe of another configuration");
  expect(fill.picture()->record[1], 77, "has it");
  fill.begin(clock, 2750 * ms);
  expect(fill.counters().slate, false, "the slate of the last one fits no more");
  fill.end(&clock, 2800 * ms);
  expect(input.play(&fill, &clock, 2800 * ms, 25), 0, "the same again");

  Fill repeat(FillMode::repeat);
  input.play(&repeat, &clock, 4000 * ms, 25);
  input.configure(&repeat, 0, {1, 66, 0, 30});
  repeat.begin(clock, 5350 * ms);
  expect(first_frame(true, repeat.records().records()[0].payload.bytes).payload[1], 77, "a repeated picture’s own");
}

void test_tracks() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  Input input;
  input.add_sounds(40);
  expect(input.play(&fill, &clock, 0, 25), 1, "the first track");
  input.configure(&fill, 1, {1, 77, 0, 40});
  expect(input.play(&fill, &clock, 1000 * ms, 50, 0, 1), 0, "keyframes of the second change nothing");
  expect(input.play(&fill, &clock, 3000 * ms, 25), 0, "and those of the first nothing again");
  fill.begin(clock, 4350 * ms);
  int sounds = 0;
  for (const Filled& it : fill.due(&clock, 4375 * ms)) sounds += it.kind == MediaKind::audio;
  expect_most(16, sounds, "silence");
  expect(sounds % 16, 0, "for so many tracks");
  fill.end(&clock, 4400 * ms);
  // An input that has the second alone.
  StreamRecords records;
  Frame frame = frame_of(true, FrameKind::config, true);
  frame.track = 1;
  const auto record = message(frame, Content::record, {1, 66, 0, 30});
  records.note(MediaKind::video, record.first.frame, record.second);
  frame.kind = FrameKind::media;
  const auto key = message(frame, Content::media, {9});
  expect(fill.note(key.first, key.second, records, 5000), true, "a stream without the first track");
}

void test_standstill() {
  Fill fill(FillMode::repeat);
  ProgramClock clock;
  Input().play(&fill, &clock, 0, 10);
  fill.begin(clock, 500 * ms);
  run(&fill, &clock, 500 * ms, 1000);
  // An hour later.
  expect_most(static_cast<int64_t>(fill.due(&clock, 3'600'000 * ms).size()), 2, "what is late is left out");
  expect_most(3'599'000, clock.now_ms(3'600'000 * ms), "and the time has passed");
}

void test_other_sound() {
  expect(aac_silence(std::vector<uint8_t>{0x11}).has_value(), false, "a record that is cut");
  expect(aac_silence(std::vector<uint8_t>{0x11, 0x80}).has_value(), false, "channels of its own order");
  // Object type 1 is AAC Main.
  expect(aac_silence(std::vector<uint8_t>{0x0a, 0x10}).has_value(), false, "another profile");
  const auto high = aac_silence(std::vector<uint8_t>{0x2b, 0x92, 0x08, 0x00});
  expect(high.has_value() && high->rate == 22050 && high->samples == 1024, true, "HE-AAC");
}

/** A thousand losses, with a slate for each of two inputs in turn. */
void test_memory() {
  Fill fill(FillMode::slate);
  ProgramClock clock;
  Input one, two({1, 66, 0, 30});
  int64_t now_us = 0, after_ten = 0;
  for (int loss = 0; loss < 1000; ++loss) {
    (loss % 2 ? two : one).play(&fill, &clock, now_us, 30);
    fill.set_slate(fill.serial(), slate_of(static_cast<uint8_t>(loss)));
    now_us += 1600 * ms;
    fill.begin(clock, now_us);
    run(&fill, &clock, now_us, 3000);
    now_us += 3007 * ms;
    fill.end(&clock, now_us);
    if (loss == 9) after_ten = held_bytes;
  }
  expect(fill.counters().fills, 1000, "losses");
  expect_most(held_bytes, after_ten + 1000, "bytes held");
  // Real time and the program's are the same after an hour and a quarter, but for less than a millisecond a loss.
  expect_most(now_us / ms - clock.now_ms(now_us), 1000, "ms that the program is late");
}

}  // namespace

int main() {
  test_repeat();
  test_slate();
  test_without_input();
  test_b_frames();
  test_wild_times();
  test_configurations();
  test_tracks();
  test_standstill();
  test_other_sound();
  test_memory();
  std::printf("fill: all well\n");
}
