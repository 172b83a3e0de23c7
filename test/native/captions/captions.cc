// Tests the readers of CEA-608 and CEA-708, the units that carry captions, and their way through an output. Compiled
// and run by arithmetic.test.ts, with a sanitizer that notices every byte read beside the data.
#include <bit>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "captions/caption_reader.h"
#include "captions/outgoing.h"
#include "captions/units.h"

using namespace rxgst::captions;

static int failures = 0;
static void check(const std::string& is, const std::string& should, const std::string& what) {
  if (is == should) return;
  std::printf("%s:\n%s\nand not\n%s\n", what.c_str(), is.c_str(), should.c_str());
  ++failures;
}

static uint8_t odd(int byte) {
  return static_cast<uint8_t>(std::popcount(static_cast<unsigned>(byte)) % 2 ? byte : byte | 128);
}

/** Plays pairs, one a picture of 100 ms, and keeps what is told. */
struct Screen608 {
  std::string told;
  int64_t now = 0;
  CaptionReader reader{[this](const Cue& cue) {
    told += "[" + std::to_string(cue.start_ns / 100'000'000) + "-" + std::to_string(cue.end_ns / 100'000'000) + " " +
            (cue.format == CueFormat::cea608 ? "CC" : "S") + std::to_string(cue.channel) + "] " + cue.text + ";";
  }};

  void send(uint8_t type, int a, int b) {
    reader.picture(now, now, {static_cast<uint8_t>(0xfc | type), static_cast<uint8_t>(a), static_cast<uint8_t>(b)});
    now += 100'000'000;
  }
  void pair(int a, int b, int field = 0) { send(static_cast<uint8_t>(field), odd(a), odd(b)); }
  void code(int a, int b, int field = 0) {
    pair(a, b, field);
    pair(a, b, field);
  }
  void text(const char* letters, int field = 0) {
    for (; letters[0]; letters += letters[1] ? 2 : 1) pair(letters[0], letters[1] ? letters[1] : 0, field);
  }
  void wait(int pictures) {
    while (pictures-- > 0) pair(0, 0);
  }
  std::string all() {
    reader.finish();
    return told;
  }
};

static void pop_on() {
  Screen608 screen;
  screen.code(0x14, 0x20);
  screen.code(0x14, 0x70 - 0x20);  // row 14
  screen.text("Ab");
  screen.code(0x14, 0x70);  // row 15
  screen.text("cd e");
  screen.code(0x14, 0x2f);  // shown from picture 9 on
  screen.wait(4);
  screen.code(0x14, 0x2c);
  screen.code(0x14, 0x2f);  // an empty one
  check(screen.all(), "[9-15 CC1] Ab\ncd e;", "a pop-on caption");
}

static void codes_come_twice() {
  Screen608 screen;
  screen.code(0x14, 0x25);
  screen.pair(0x14, 0x2d);
  screen.text("x");
  screen.code(0x11, 0x37);  // a note, once
  screen.code(0x11, 0x37);  // and another one
  screen.pair(0x61, 0x60);
  screen.code(0x12, 0x20);  // Á in the place of ú
  screen.code(0x14, 0x21);  // a step back
  screen.text("z");
  screen.code(0x14, 0x2d);
  check(screen.all(), "[3-14 CC1] x♪♪az;", "codes that come twice");
}

static void roll_up() {
  Screen608 screen;
  screen.code(0x14, 0x26);
  screen.code(0x14, 0x2d);
  screen.code(0x14, 0x70);
  screen.text("one");
  screen.code(0x14, 0x2d);
  screen.text("two");
  screen.code(0x14, 0x2d);
  screen.text("three");
  screen.code(0x14, 0x2c);
  check(screen.all(), "[6-8 CC1] one;[10-12 CC1] two;[14-17 CC1] three;", "roll-up captions");
}

static void paint_on() {
  Screen608 screen;
  screen.code(0x14, 0x29);
  screen.code(0x14, 0x70);
  screen.text("first");
  screen.code(0x14, 0x70);
  screen.text("other");
  screen.code(0x14, 0x2c);
  check(screen.all(), "[4-9 CC1] first;[9-12 CC1] other;", "a text over another");
}

static void channels() {
  Screen608 screen;
  screen.code(0x1c, 0x25);
  screen.text("two");
  screen.code(0x14, 0x25);
  screen.text("one");
  screen.code(0x15, 0x25, 1);
  screen.pair(0x01, 0x03, 1);  // XDS
  screen.text("program", 1);
  screen.pair(0x0f, 0x1d, 1);
  screen.text("no", 1);
  screen.code(0x15, 0x25, 1);
  screen.text("three", 1);
  check(screen.all(), "[6-21 CC1] one;[2-21 CC2] two;[16-21 CC3] nothree;", "channels");
}

static void damage_and_time() {
  Screen608 screen;
  screen.code(0x14, 0x25);
  screen.send(0, odd('x') ^ 128, odd('y'));
  screen.text("ok");
  screen.wait(200);
  screen.text("on");
  const std::string told = screen.all();
  check(told.substr(0, told.find(';')), "[3-163 CC1] ok", "text that nobody takes away");

  Screen608 again;
  again.code(0x14, 0x25);
  again.text("old");
  again.now = -5'000'000'000;
  again.code(0x14, 0x25);
  again.text("new");
  check(again.all(), "[2-3 CC1] old;[-48--47 CC1] new;", "time that begins anew");
}

static void order() {
  std::string told;
  CaptionReader reader([&](const Cue& cue) { told += cue.text + ";"; });
  const auto data = [](int a, int b) { return CcData{0xfc, odd(a), odd(b)}; };
  // Shown 0 1 2 3 4, decoded 0 3 1 2 4.
  reader.picture(0, 0, data(0x14, 0x25));
  reader.picture(30, -1, data('c', 'd'));
  reader.picture(10, 1, data('a', 'b'));
  reader.picture(20, 20, data(0, 0));
  reader.picture(40, 40, data(0x14, 0x2d));
  check(told, "abcd;", "the order of the screen");
}

static void services() {
  Screen608 screen;
  const auto block = [&](std::vector<int> bytes, int service = 1) {
    std::vector<int> all{0, service << 5 | static_cast<int>(bytes.size())};
    all.insert(all.end(), bytes.begin(), bytes.end());
    if (all.size() % 2) all.push_back(0);
    all[0] = static_cast<int>(all.size() / 2);
    CcData data;
    for (size_t i = 0; i < all.size(); i += 2)
      data.insert(data.end(), {static_cast<uint8_t>(i == 0 ? 0xff : 0xfe), static_cast<uint8_t>(all[i]),
                               static_cast<uint8_t>(all[i + 1])});
    screen.reader.picture(screen.now, screen.now, data);
    screen.now += 100'000'000;
  };
  const std::vector<int> hidden{0x98, 0, 0, 0, 1, 31, 0}, seen{0x99, 0x20, 0, 0, 1, 31, 0};
  block(hidden);
  block({'H', 'i', 0x10, 0x33, 0xe4, 0x0d, '2'});
  block({0x89, 1});  // shown at 2
  block({0x8c, 1});
  block(seen, 2);
  block({'r', 'o', 'w'}, 2);
  block({0x0d}, 2);
  block({'n', 'e', 'x', 't'}, 2);
  check(screen.all(), "[2-3 S1] Hi“ä\n2;[5-6 S2] row;[7-7 S2] next;", "services");
}

/** Whatever comes, text has whole letters of Unicode, and a service of a damaged packet is forgotten at the end. */
static void letters() {
  std::string told;
  std::vector<int> numbers;
  const TellCue tell = [&](const Cue& cue) {
    told += cue.text;
    numbers.push_back(cue.channel);
  };
  Cea708 reader(tell);
  const auto block = [&](int number, const std::vector<int>& bytes) {
    std::vector<int> all{0, 7 << 5 | static_cast<int>(bytes.size()), number};
    all.insert(all.end(), bytes.begin(), bytes.end());
    if (all.size() % 2) all.push_back(0);
    all[0] = static_cast<int>(all.size() / 2);
    for (size_t i = 0; i < all.size(); i += 2)
      reader.add(i == 0, static_cast<uint8_t>(all[i]), static_cast<uint8_t>(all[i + 1]), 0);
  };
  const auto shown = [&](int number) {
    block(number, {0x98, 0x20, 0, 0, 1, 31, 0});
    block(number, {'a', 0x18, 0x00, 0x07, 0x18, 0x00, 0x85, 0x18, 0xd8, 0x01, 0x18, 0xdf, 0xff, 0x18, 0x20, 0xac, 'z'});
  };
  shown(1);
  reader.finish(1);
  check(told, "a____€z", "wide letters");
  for (int number = 1; number <= 63; ++number) shown(number);
  reader.finish(2);
  check(std::to_string(numbers.size()), "64", "all services");
  reader.finish(3);
  check(std::to_string(numbers.size()), "64", "nothing is told twice");
}

/** A picture of a hostile peer has thousands of messages. */
static void many_messages() {
  CcData all;
  const std::vector<uint8_t> message = message_of(std::vector<uint8_t>(most_triples * triple_bytes, 0xfc));
  for (int i = 0; i < 10'000; ++i) read_message(message, &all);
  check(all.size() > 1000 * triple_bytes && all.size() <= most_picture_triples * triple_bytes ? "bounded" : "endless",
        "bounded", "captions of one picture");
}

static std::string hex(const CcData& data) {
  std::string text;
  char two[3];
  for (const uint8_t byte : data) {
    std::snprintf(two, sizeof two, "%02x", byte);
    text += two;
  }
  return text;
}

static void units() {
  const CcData data{0xfc, 0x94, 0x20, 0xfd, 0, 0, 0xfa, 0, 0, 0xfa, 0, 1};
  for (const Syntax syntax : {Syntax::h264, Syntax::hevc, Syntax::av1}) {
    std::vector<uint8_t> unit = caption_unit(data, syntax);
    std::vector<uint8_t> started{0, 0, 1};
    started.insert(started.end(), unit.begin(), unit.end());
    CcData again;
    if (syntax != Syntax::av1) {
      read_captions(started.data(), started.size(), {syntax, 0}, &again);
      check(hex(again), hex(data), "behind a start code");
      again.clear();
      unit.insert(unit.begin(), {0, 0, 0, static_cast<uint8_t>(unit.size())});
    }
    read_captions(unit.data(), unit.size(), {syntax, 4}, &again);
    check(hex(again), hex(data), "behind a length");
    // Whatever is cut or changed, nothing is read beside it.
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
      std::vector<uint8_t> bad(unit.begin(), unit.begin() + static_cast<long>(random() % unit.size()));
      if (!bad.empty()) bad[random() % bad.size()] = static_cast<uint8_t>(random());
      CcData rest;
      read_captions(bad.data(), bad.size(), {syntax, 4}, &rest);
    }
  }
}

/** Bytes of chance end nothing, and what is kept stays small. */
static void chance() {
  std::mt19937 random(2);
  size_t told = 0;
  CaptionReader reader([&](const Cue& cue) { told += cue.text.size() + 1; });
  for (int64_t at = 0; at < 200'000; ++at) {
    CcData data(random() % 32);
    for (uint8_t& byte : data) byte = static_cast<uint8_t>(random());
    reader.picture(static_cast<int64_t>(random() % 8) * 10 + at * 33'000'000, at * 33'000'000, data);
  }
  reader.finish();
  check(told > 0 ? "some" : "none", "some", "cues of chance");
}

static SharedCaptions captions_of(int from, size_t count, uint8_t type = 0xfc) {
  CcData data;
  for (size_t i = 0; i < count; ++i)
    data.insert(data.end(), {type, 1, static_cast<uint8_t>(from + static_cast<int>(i))});
  return std::make_shared<const CcData>(data);
}

static void outgoing() {
  OutgoingCaptions out;
  const SharedCaptions one = captions_of(0, 20), two = captions_of(20, 20);
  out.add(one);
  out.add(one);
  check(hex(*out.next()), hex(*one), "as they came, and once");
  check(out.next() ? "more" : "none", "none", "a repeat");
  out.add(one);
  check(out.next() ? "more" : "none", "none", "the same frame once more");
  // Six pictures for five: what has no room waits, in order.
  CcData sent, should;
  for (int i = 0; i < 60; ++i) {
    const SharedCaptions next = captions_of(i * 3, 20);
    should.insert(should.end(), next->begin(), next->end());
    out.add(next);
    if (i % 6 == 5) continue;
    if (const auto taken = out.next()) sent.insert(sent.end(), taken->begin(), taken->end());
  }
  while (const auto taken = out.next()) sent.insert(sent.end(), taken->begin(), taken->end());
  check(hex(sent), hex(should), "all in their order");
  check(std::to_string(out.dropped()), "0", "none lost");
  // Padding gives way.
  out.add(captions_of(0, 31, 0xf8));
  out.add(captions_of(0, 5));
  check(hex(*out.next()), hex(*captions_of(0, 5)), "padding");
  for (int i = 0; i < 100; ++i) out.add(captions_of(i, 31));
  check(std::to_string(out.dropped()), std::to_string(3100 - 1200), "a bound");
}

int main() {
  pop_on();
  codes_come_twice();
  roll_up();
  paint_on();
  channels();
  damage_and_time();
  order();
  services();
  letters();
  many_messages();
  units();
  chance();
  outgoing();
  if (failures == 0) std::printf("captions: all well\n");
  return failures;
}
