// Tests the readers of avcC, NAL units and stamps: their results for good data, and that no data makes them read beyond
// it. Compiled and run by arithmetic.test.ts, with a sanitizer that notices every byte read beside it.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "capture/skip_policy.h"
#include "h264/access_unit.h"
#include "h264/avc_config.h"
#include "h264/nal.h"
#include "h264/sei.h"

using namespace rxgst;
using Bytes = std::vector<uint8_t>;

static int failures = 0;
static void check(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s: not so\n", what.c_str());
  ++failures;
}

// x264, 1920 × 1080.
static const Bytes sps{0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00,
                       0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58};
static const Bytes pps{0x68, 0xeb, 0xe3, 0xcb}, delimiter{0x09, 0xf0}, idr{0x65, 0x88, 0x84, 0x00, 0x33},
    loose{0x01, 0x9a, 0x24}, referred{0x41, 0x9a, 0x24, 0x22}, message{0x06, 6, 1, 0xc4, 0x80},
    filler{0x0c, 0xff, 0x80};

static Bytes lengthed(const std::vector<Bytes>& units, size_t prefix = 4) {
  Bytes all;
  for (const Bytes& unit : units) {
    for (size_t i = 0; i < prefix; ++i) all.push_back(static_cast<uint8_t>(unit.size() >> 8 * (prefix - 1 - i)));
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;
}

static Bytes record(const std::vector<Bytes>& sequence, const std::vector<Bytes>& picture) {
  Bytes all{1, 0x64, 0, 0x28, 0xff, static_cast<uint8_t>(0xe0 | sequence.size())};
  const Bytes first = lengthed(sequence, 2), second = lengthed(picture, 2);
  all.insert(all.end(), first.begin(), first.end());
  all.push_back(static_cast<uint8_t>(picture.size()));
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

static std::string sets_of(const Bytes& data, AvcLists lists = AvcLists::all_sets, size_t most = SIZE_MAX) {
  std::string seen;
  size_t count = 0;
  const AvcSets end = each_parameter_set(data.data(), data.size(), lists, [&](const uint8_t* nal, size_t size) {
    seen += (size > 0 ? std::to_string(unit_type(nal)) : "-") + ":" + std::to_string(size) + " ";
    return ++count < most;
  });
  return seen + (end == AvcSets::whole ? "whole" : end == AvcSets::torn ? "torn" : "stopped");
}

static void records() {
  const Bytes good = record({sps}, {pps});
  check(is_avc_config(good.data(), good.size()), "a record is one");
  check(nal_length_size(good.data(), good.size()) == 4, "lengths of four bytes");
  check(sets_of(good) == "7:27 8:4 whole", "both lists");
  check(sets_of(good, AvcLists::sequence_sets) == "7:27 whole", "one list");
  check(sets_of(good, AvcLists::all_sets, 1) == "7:27 stopped", "as far as was asked");
  check(sets_of(record({sps, {}}, {{}, pps})) == "7:27 -:0 -:0 8:4 whole", "empty sets are told of");
  const auto sizes = sequence_sets(good.data(), good.size());
  check(sizes.size() == 1 && sizes[0].width == 1920 && sizes[0].height == 1088, "what they describe");
  const Bytes unclear = record({sps, pps}, {});
  check(sequence_sets(unclear.data(), unclear.size()).empty(), "one that cannot be read: none");
  for (size_t size = 0; size < good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    check(is_avc_config(cut.data(), cut.size()) == (size >= 6), "cut at " + std::to_string(size));
    check((nal_length_size(cut.data(), cut.size()) > 0) == (size >= 5), "lengths, cut at " + std::to_string(size));
    // Before the lists, between them, and behind the last set.
    const bool whole = size <= 5 || size == 35;
    check(sets_of(cut).ends_with(whole ? "whole" : "torn"), "sets, cut at " + std::to_string(size));
  }
  const Bytes other{2, 0x64, 0, 0x28, 0xff, 0xe0, 0};
  check(!is_avc_config(other.data(), other.size()), "another version is none");
}

static void stamps() {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    // Small numbers have zeros in a row, which are escaped.
    const auto time = static_cast<int64_t>(random() >> (round % 64));
    for (const size_t prefix : {1, 2, 4}) {
      const Bytes unit = lengthed({delimiter, message, stamp_nal(time), idr}, prefix);
      check(read_stamp(unit.data(), unit.size(), prefix) == time, "the stamp " + std::to_string(time));
    }
  }
  const Bytes behind = lengthed({idr, stamp_nal(5)}), none = lengthed({delimiter, idr});
  const Bytes after_nothing = lengthed({{}, stamp_nal(5), idr});
  check(!read_stamp(behind.data(), behind.size(), 4), "not behind the first slice");
  check(!read_stamp(none.data(), none.size(), 4), "none");
  check(!read_stamp(after_nothing.data(), after_nothing.size(), 4), "not behind an empty unit");
  check(!read_stamp(behind.data(), behind.size(), 0), "not without lengths");
}

static Bytes damaged(const Bytes& good, std::mt19937& random) {
  Bytes data = good;
  for (auto times = random() % 4; times > 0 && !data.empty(); --times) {
    const size_t at = random() % data.size();
    switch (random() % 4) {
      case 0:
        data.resize(at);
        break;
      case 1:
        data[at] = static_cast<uint8_t>(random());
        break;
      case 2:
        data[at] = std::vector<uint8_t>{0, 1, 3, 255}[random() % 4];
        break;
      default:
        data.insert(data.begin() + static_cast<ptrdiff_t>(at), {0, 0, static_cast<uint8_t>(random() % 4)});
    }
  }
  // The capacity is the size: the next byte belongs to another object.
  data.shrink_to_fit();
  return data;
}

/** Every reported part lies within the data. */
static void within(const Bytes& data, const uint8_t* part, size_t size) {
  check(part >= data.data() && size <= data.size() && part + size <= data.data() + data.size(), "a part of the data");
}

static void noise() {
  std::mt19937 random(3);
  const std::vector<Bytes> records{record({sps}, {pps}), record({sps, sps}, {pps, pps}), record({}, {})};
  for (int round = 0; round < 40'000; ++round) {
    const Bytes data = damaged(records[random() % records.size()], random);
    for (const AvcLists lists : {AvcLists::sequence_sets, AvcLists::all_sets}) {
      each_parameter_set(data.data(), data.size(), lists, [&](const uint8_t* nal, size_t size) {
        within(data, nal, size);
        return true;
      });
    }
    const int length_size = nal_length_size(data.data(), data.size());
    check(length_size >= 0 && length_size <= 4, "a length of so many bytes");
    sequence_sets(data.data(), data.size());
  }
  const std::vector<Bytes> parts{delimiter, sps, pps, idr, loose, referred, message, filler, stamp_nal(1), {}};
  for (int round = 0; round < 40'000; ++round) {
    const size_t prefix = std::vector<size_t>{1, 2, 4}[random() % 3];
    std::vector<Bytes> units;
    for (auto count = random() % 6; count > 0; --count) units.push_back(parts[random() % parts.size()]);
    const Bytes data = damaged(lengthed(units, prefix), random);
    const int length_size = static_cast<int>(prefix);
    size_t behind = 0;
    bool plain = true, slices = false;
    const size_t end = each_length(data.data(), data.size(), prefix, [&](size_t at, size_t size, const uint8_t* nal) {
      check(at == behind && nal == data.data() + at + prefix, "one behind the other");
      within(data, nal, size);
      behind = at + prefix + size;
      const bool disposable = size > 0 && nal[0] % 128 == slice_unit;
      slices = slices || disposable;
      plain = plain && size > 0 && (disposable || (nal[0] & 31) == 6 || (nal[0] & 31) == 9 || (nal[0] & 31) == 12);
    });
    check(end == behind && end <= data.size(), "they end where the last one does");
    check(nothing_refers_to(data.data(), data.size(), length_size) == (plain && slices && end == data.size()),
          "what nothing refers to");
    for (const int each : {0, length_size})
      each_unit(data.data(), data.size(), each, [&](const uint8_t* nal, size_t size) { within(data, nal, size); });
    const auto rest = without_odd_units(data.data(), data.size(), length_size);
    if (rest) {
      check(rest->size() < data.size(), "less than it was");
      check(!without_odd_units(rest->data(), rest->size(), length_size), "mended once for all");
    }
    const AccessUnit unit = read_access_unit(data.data(), data.size(), length_size, 4);
    check(!unit.intra || unit.slices, "only slices refer to nothing");
    read_stamp(data.data(), data.size(), prefix);
  }
}

int main() {
  records();
  stamps();
  noise();
  if (failures == 0) std::puts("readers: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
