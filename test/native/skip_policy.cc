// Tests that skipped pictures never change the shown ones. Compiled and run by arithmetic.test.ts.
#include "capture/skip_policy.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

using rxgst::nothing_refers_to;
using rxgst::SkipPolicy;
using rxgst::Slots;
using rxgst::us_per_s;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

/** An access unit of NAL units that consist of their header and `size` more bytes. */
static std::vector<uint8_t> unit(std::vector<uint8_t> headers, int prefix = 4, size_t size = 5) {
  std::vector<uint8_t> all;
  for (const uint8_t header : headers) {
    for (int i = prefix - 1; i >= 0; --i) all.push_back(static_cast<uint8_t>((size + 1) >> (8 * i)));
    all.push_back(header);
    all.insert(all.end(), size, 0x80);
  }
  return all;
}
static bool free_of(const std::vector<uint8_t>& data, int prefix = 4) {
  return nothing_refers_to(data.data(), data.size(), prefix);
}

static void test_units() {
  check("a slice that nothing refers to", free_of(unit({0x01})));
  check("many slices", free_of(unit({0x01, 0x01, 0x01})));
  check("with a delimiter, information and filler", free_of(unit({0x09, 0x06, 0x01, 0x0c})));
  check("lengths of two bytes", free_of(unit({0x01, 0x01}, 2), 2));
  check("not: a slice that is referred to", !free_of(unit({0x21})));
  check("not: one of two is (fields)", !free_of(unit({0x01, 0x41})) && !free_of(unit({0x61, 0x01})));
  check("not: IDR", !free_of(unit({0x65})) && !free_of(unit({0x05})));
  check("not: data partitions", !free_of(unit({0x02, 0x03})));
  check("not: parameter sets stand in it", !free_of(unit({0x67, 0x01})) && !free_of(unit({0x68, 0x01})));
  check("not: an end of sequence stands in it", !free_of(unit({0x01, 0x0a})));
  check("not: prefixes and extensions", !free_of(unit({0x0e, 0x01})) && !free_of(unit({0x01, 0x14})));
  check("not: no slice at all", !free_of(unit({0x06})) && !free_of({}));
  check("not: start codes", !free_of({0, 0, 0, 1, 0x01, 0x80}, 0));
  auto cut = unit({0x01, 0x01});
  cut.pop_back();
  check("not: cut off", !free_of(cut));
  check("not: a length past the end", !free_of({0xff, 0xff, 0xff, 0xff, 0x01}));
  check("not: bytes left over", !free_of({0, 0, 0, 2, 0x01, 0x80, 0}));
}

struct Picture {
  int64_t timestamp;
  int64_t duration;
  int64_t dts;
  bool keyframe;
  bool disposable;
};

/** (slot, picture's time) as the tap hands them out; `shown` is in presentation order. */
static std::vector<std::pair<int64_t, int64_t>> picks(const std::vector<Picture>& shown, Slots slots) {
  std::vector<std::pair<int64_t, int64_t>> given;
  int64_t next = 0;
  for (const Picture& picture : shown) {
    if (slots.time(next) + us_per_s < picture.timestamp) next = picture.timestamp * slots.n / (us_per_s * slots.d);
    for (const int64_t due = slots.due(picture.timestamp, picture.duration); slots.time(next) <= due; ++next) {
      given.emplace_back(next, picture.timestamp);
    }
  }
  return given;
}

static bool earlier(const Picture& a, const Picture& b) { return a.timestamp < b.timestamp; }

/**
 * Groups of pictures with `bs` between two references, in the order of decoding; `pyramid`: the middle one is a
 * reference.
 */
static std::vector<Picture> stream(std::mt19937& random, int64_t frame, int bs, bool pyramid, bool open, int holes) {
  std::vector<Picture> decoded;
  const auto add = [&](int64_t at, bool keyframe, bool disposable) {
    // FLV counts whole milliseconds.
    decoded.push_back(
        {at * frame / 1000 * 1000, frame, static_cast<int64_t>(decoded.size()) * frame * 1000, keyframe, disposable});
  };
  add(0, true, false);
  for (int64_t at = 0; at < 300;) {
    if (static_cast<int>(random() % 100) < holes) at += random() % 80;
    const int between = bs == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(bs + 1));
    const bool keyframe = random() % 10 == 0;
    // A closed group begins with a keyframe, and no earlier picture is decoded behind it.
    const int inner = keyframe && !open ? 0 : between;
    add(at + inner + 1, keyframe, bs == 0 && !keyframe && random() % 2 == 0);
    const int middle = pyramid && inner > 2 ? inner / 2 + 1 : 0;
    if (middle) add(at + middle, false, false);
    for (int i = 1; i <= inner; ++i) {
      if (i != middle) add(at + i, false, true);
    }
    at += inner + 1;
  }
  return decoded;
}

static size_t skip(const std::vector<Picture>& decoded, Slots slots, std::vector<Picture>& kept, size_t behind = 0) {
  SkipPolicy skipping(slots, behind);
  for (const Picture& picture : decoded) {
    if (!skipping.needless({picture.timestamp, picture.duration, picture.dts, picture.keyframe, picture.disposable}))
      kept.push_back(picture);
  }
  return decoded.size() - kept.size();
}

static void test_picks() {
  std::mt19937 random(7);
  const Slots rates[] = {{1, 1}, {2, 1}, {5, 1}, {10, 1}, {15, 1}, {25, 1}, {30000, 1001}, {60, 1}, {7, 2}};
  size_t skipped = 0;
  for (int run = 0; run < 3000; ++run) {
    const int64_t frame = std::vector<int64_t>{16'683, 20'000, 33'366, 40'000}[random() % 4];
    const auto decoded =
        stream(random, frame, static_cast<int>(random() % 5), random() % 2, random() % 2, run % 3 == 0 ? 5 : 0);
    const Slots slots = rates[random() % std::size(rates)];
    std::vector<Picture> kept;
    skipped += skip(decoded, slots, kept, run % 2 == 0 ? 0 : 3);
    auto all = decoded;
    std::stable_sort(all.begin(), all.end(), earlier);
    std::stable_sort(kept.begin(), kept.end(), earlier);
    check("the same pictures in the same slots", picks(all, slots) == picks(kept, slots));
  }
  check("and a good part was not needed", skipped > 70'000);
}

static SkipPolicy::Unit at(int64_t ms, int64_t dts, bool keyframe, bool disposable) {
  return {ms * 1000, 40'000, dts * 1'000'000, keyframe, disposable};
}

static void test_doubt() {
  const Slots slots{1, 1};
  {
    SkipPolicy skipping(slots);
    check("nothing before a keyframe",
          !skipping.needless(at(40, 0, false, false)) && !skipping.needless(at(80, 40, false, true)));
    check("a keyframe never", !skipping.needless(at(120, 80, true, true)));
    check("then it is", skipping.needless(at(160, 120, false, true)));
    check("what is referred to never", !skipping.needless(at(200, 160, false, false)));
    check("the one that reaches the next slot never", !skipping.needless(at(1000, 960, false, true)));
    check("the one behind it is", skipping.needless(at(1040, 1000, false, true)));
    check("decoding time that stands still", !skipping.needless(at(1080, 1000, false, true)));
    check("and all up to the next keyframe", !skipping.needless(at(1120, 1080, false, true)));
    check("which is not", !skipping.needless(at(1160, 1120, true, false)));
    check("shown before the keyframe it comes behind", !skipping.needless(at(1140, 1160, false, true)));
    check("behind it again", skipping.needless(at(1200, 1200, false, true)));
    check("a keyframe ahead", !skipping.needless(at(1400, 1210, true, false)));
    check("shown before it, and behind others", !skipping.needless(at(1320, 1220, false, true)));
    check("behind it", skipping.needless(at(1440, 1230, false, true)));
    skipping.forget();
    check("forgotten", !skipping.needless(at(1240, 1240, false, true)));
  }
  {
    SkipPolicy skipping(slots);
    skipping.needless(at(0, 0, true, false));
    SkipPolicy::Unit odd = at(40, 40, false, true);
    odd.duration = 0;
    check("no duration", !skipping.needless(odd));
    odd = at(80, 80, false, true);
    odd.timestamp = -1;
    check("no time", !skipping.needless(odd));
  }
  {
    // A later reference reaches as far, but it is shown later.
    SkipPolicy skipping(Slots{10, 1});
    skipping.needless(at(0, 0, true, false));
    check("a reference ahead", !skipping.needless(at(160, 40, false, false)));
    check("the picture that takes the slot before it", !skipping.needless(at(100, 80, false, true)));
    check("the one that takes none", skipping.needless(at(120, 120, false, true)));
  }
}

/**
 * When each slot's picture comes out of a decoder that holds `depth` pictures back: the time at which a unit goes in.
 */
static std::vector<int64_t> times(const std::vector<Picture>& units, Slots slots, size_t depth) {
  std::vector<Picture> held;
  std::vector<Picture> shown;
  std::vector<int64_t> when;
  for (const Picture& unit : units) {
    held.push_back(unit);
    std::stable_sort(held.begin(), held.end(), earlier);
    for (; held.size() > depth; held.erase(held.begin())) {
      shown.push_back(held.front());
      when.resize(picks(shown, slots).size(), unit.dts);
    }
  }
  return when;
}

static void test_lateness() {
  const Slots slots{2, 1};
  std::mt19937 random(3);
  const auto decoded = stream(random, 40'000, 3, true, true, 0);
  std::vector<Picture> kept, all;
  const size_t some = skip(decoded, slots, kept, 3);
  check("some are not needed, although three follow each that is", some > 20);
  auto late = times(kept, slots, 2);
  auto expected = times(decoded, slots, 2);
  // After the end no unit follows.
  late.resize(std::min(late.size(), expected.size()));
  expected.resize(late.size());
  check("no slot's picture comes out later", late.size() > 15 && late == expected);
  skip(decoded, slots, all, 0);
  check("which it would, if none followed", times(all, slots, 2) != times(decoded, slots, 2));
}

int main() {
  test_lateness();
  test_units();
  test_picks();
  test_doubt();
  if (failures) return 1;
  std::printf("skip_policy: all well\n");
  return 0;
}
