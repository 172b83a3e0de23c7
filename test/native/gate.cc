// Tests NAL units, access units, joining and composition times. Compiled and run by arithmetic.test.ts.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "capture/composition.h"
#include "capture/joining.h"
#include "h264/access_unit.h"
#include "h264/nal.h"

using namespace rxgst;
using Bytes = std::vector<uint8_t>;
using Answer = Joining::Answer;

static int failures = 0;
static void check(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s: not so\n", what.c_str());
  ++failures;
}

static Bytes lengthed(const std::vector<Bytes>& units, size_t prefix = 4) {
  Bytes all;
  for (const Bytes& unit : units) {
    for (size_t i = 0; i < prefix; ++i) all.push_back(static_cast<uint8_t>(unit.size() >> 8 * (prefix - 1 - i)));
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;
}

static Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

static std::string types(const Bytes& data, int length_size) {
  std::string seen;
  each_unit(data.data(), data.size(), length_size, [&](const uint8_t* nal, size_t size) {
    seen += std::to_string(nal[0] & 31) + ":" + std::to_string(size) + " ";
  });
  return seen;
}

// first_mb 0, slice type 7 (I) or 5 (P), parameter set 0
static const Bytes idr{0x65, 0x88, 0x84, 0x00, 0x33}, intra{0x61, 0x88, 0x84, 0x11}, other{0x41, 0x9a, 0x24, 0x22},
    loose{0x01, 0x9a, 0x24};
static const Bytes sps{0x67, 0x42, 0x00, 0x1e, 0x95}, pps{0x68, 0xce}, delimiter{0x09, 0xf0}, code{0, 0, 1};
static const Bytes recover_now{0x06, 6, 1, 0xc4, 0x80}, recover_in_2{0x06, 6, 1, 0x70, 0x80};

static void units() {
  check(types(lengthed({delimiter, sps, pps, idr}), 4) == "9:2 7:5 8:2 5:5 ", "four units behind lengths");
  check(types(lengthed({sps, idr}, 2), 2) == "7:5 5:5 ", "lengths of two bytes");
  check(types(joined({code, sps, {0}, code, pps, code, idr, {0, 0}}), 0) == "7:5 8:2 5:5 ", "three behind start codes");
  check(types({0x42, 0, 0, 3, 1}, 0).empty(), "none behind no start code");
  // As libav finds them: behind a start code within a length.
  check(types(lengthed({joined({delimiter, code, sps, {0}, code, pps}), idr}), 4) == "9:2 7:5 8:2 5:5 ",
        "hidden in another");
  check(types(lengthed({joined({delimiter, {0, 0, 0}})}), 4) == "9:2 ", "zeros behind it are none");

  const auto mended = [](const Bytes& data, int prefix = 4) {
    return without_odd_units(data.data(), data.size(), prefix);
  };
  check(!mended(lengthed({sps, pps, idr})), "nothing to mend");
  check(mended(lengthed({{}, sps, {}, idr, {}})) == lengthed({sps, idr}), "empty units go");
  check(mended(lengthed({{0x18, 1}, sps, {0x1f}, {0x00, 2}, {0xe5, 3}, idr})) == lengthed({sps, idr}),
        "units of no type go");
  check(mended(joined({lengthed({sps, idr}), {0, 0, 1, 0, 7}})) == lengthed({sps, idr}),
        "a length that lies goes, and what follows");
  check(mended(joined({lengthed({sps}), {0, 0}})) == lengthed({sps}), "half a length goes");
  check(mended({0xff, 0xff, 0xff, 0xff, 0x65}) == Bytes{}, "nothing is left");
  check(mended(joined({{0, 0, 0, 1}, {9, 255, 255, 255, 255}, code, sps})) == Bytes{0, 0, 0, 1, 9},
        "what libav takes for start codes");
}

static AccessUnit read(const std::vector<Bytes>& all, size_t most = 100) {
  const Bytes data = lengthed(all);
  return read_access_unit(data.data(), data.size(), 4, most);
}

static void access_units() {
  const auto first = read({delimiter, sps, pps, idr});
  check(
      first.units == 4 && first.parameter_sets == 2 && first.instant && first.intra && first.slices && first.reference,
      "an IDR picture");
  check(!read({sps, pps}).slices, "sets are no picture");
  check(!read({other}).intra && read({other}).reference && !read({loose}).reference,
        "a P picture, and one that is not referred to");
  check(read({intra}).intra && !read({intra}).instant && !read({intra, other}).intra, "an I picture");
  check(read({recover_now, intra}).recovery == 0u && read({recover_in_2, other}).recovery == 2u, "recovery points");
  check(!read({{0x06, 5, 2, 0xaa, 0xbb, 0x80}, other}).recovery, "other information");
  check(read({{0x06, 5, 1, 0xaa, 6, 1, 0xc4, 0x80}, other}).recovery == 0u,
        "a recovery point behind other information");
  check(read({{0x06, 255, 3, 1, 0xaa, 6, 1, 0xc4, 0x80}, other}).messages == 2, "a type above 255");
  check(!read({{0x06, 6, 200, 0xc4}, other}).reference == false, "a length beyond its unit");
  check(read(std::vector<Bytes>(50, idr), 10).units == 50, "it counts on when it does not read on");
}

static AccessUnit picture(const std::vector<Bytes>& all) { return read(all); }

static void joining() {
  Joining whole;
  check(whole.place(picture({other}), true, 0, false) == Answer::keep_away, "a mark makes no keyframe");
  check(whole.place(picture({sps, pps}), false, 0, false) == Answer::decode, "sets go in");
  check(whole.place(picture({intra}), false, 1, false) == Answer::keep_away, "an I picture that nobody marks");
  check(whole.waits() && whole.missed() == 2, "two missed");
  check(whole.place(picture({idr}), false, 2, false) == Answer::show, "an IDR picture without a mark");
  check(whole.place(picture({other}), false, 1, false) == Answer::show && !whole.waits(), "and all from then on");

  Joining open;
  check(open.place(picture({recover_now, intra}), false, 100, false) == Answer::show, "an open group");
  check(open.place(picture({loose}), false, 80, false) == Answer::decode, "what is shown before it is not whole");
  check(open.place(picture({loose}), false, 90, false) == Answer::decode, "nor this");
  check(open.place(picture({other}), false, 140, false) == Answer::show, "what is shown behind it is");
  check(open.place(picture({loose}), false, 120, false) == Answer::show, "whatever the order");

  Joining gradual;
  check(gradual.place(picture({recover_in_2, other}), true, 0, false) == Answer::decode, "a refresh begins");
  check(gradual.place(picture({loose}), false, 1, false) == Answer::decode,
        "a picture that nothing refers to does not count");
  check(gradual.place(picture({other}), false, 2, false) == Answer::decode, "the second");
  check(gradual.place(picture({other}), false, 3, false) == Answer::show, "all of the third is right");

  Joining again;
  again.place(read({{0x06, 6, 2, 0x00, 0x80, 0x80}, other}), false, 0, false);
  check(again.place(picture({recover_now, intra}), false, 1, false) == Answer::show,
        "a recovery that comes earlier counts");

  Joining marked, late, lenient(true);
  check(marked.place(picture({intra}), true, 0, false) == Answer::show, "an I picture that is marked");
  check(late.place(picture({intra}), false, 0, true) == Answer::show, "one that is not, after a while");
  check(late.place(picture({other}), true, 0, true) == Answer::show, "and what follows");
  check(lenient.place(picture({other}), false, 0, false) == Answer::show && !lenient.waits(), "everything");
}

static void composition() {
  constexpr int64_t ms = 1'000'000, second = 1000 * ms;
  Composition usual;
  for (int64_t i = 0; i < 100; ++i) check(usual.plausible(i * 40 * ms, i * 40 * ms + (i % 4) * 40 * ms), "B-frames");
  check(usual.plausible(4000 * ms, 3880 * ms), "before its decoding, as Apple's encoders write it");
  check(usual.plausible(4040 * ms, 6040 * ms), "moved by two seconds");
  check(!usual.plausible(4080 * ms, 4080 * ms + 8'388'607 * ms) && !usual.plausible(8000 * second, 4120 * ms),
        "hours ahead, hours back");
  check(!usual.plausible(8000 * second + 40 * ms, 8000 * second + 6040 * ms), "six seconds at 25 pictures a second");
  Composition slow;
  for (int64_t i = 0; i < 5; ++i) slow.plausible(i * second, i * second);
  check(slow.plausible(5 * second, 9 * second) && !slow.plausible(6 * second, 17 * second),
        "one picture a second reorders by seconds");
}

/** For any data the reader ends, and reads nothing beyond the data (the sanitizers check it). */
static void noise() {
  uint32_t state = 7;
  const auto dice = [&](uint32_t below) { return (state = state * 1'664'525 + 1'013'904'223) / 65'536 % below; };
  for (int round = 0; round < 30'000; ++round) {
    Bytes data = round % 2 ? lengthed({recover_in_2, sps, joined({other, code, pps}), idr}) : Bytes();
    data.resize(dice(60));
    for (uint32_t i = dice(8); i > 0 && !data.empty(); --i)
      data[dice(static_cast<uint32_t>(data.size()))] = static_cast<uint8_t>(dice(4) ? dice(8) : dice(256));
    const int prefix = static_cast<int>(dice(5));
    read_access_unit(data.data(), data.size(), prefix, 5);
    if (prefix == 0) continue;
    const auto mended = without_odd_units(data.data(), data.size(), prefix);
    check(!mended || !without_odd_units(mended->data(), mended->size(), prefix), "what is mended needs no mending");
  }
}

int main() {
  units();
  access_units();
  joining();
  composition();
  noise();
  if (failures == 0) std::puts("gate: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
