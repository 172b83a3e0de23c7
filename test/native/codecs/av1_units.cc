// Tests what makes AV1 ready for RTMP: colours, configuration records, stamps, and units without what RTMP leaves out.
// Compiled and run by arithmetic.test.ts, with a sanitizer that notices every byte read beside it.
#include "output/av1_units.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "av1/config.h"
#include "av1/stamp.h"
#include "checks.h"

using namespace rxgst;

static Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/** libaom by av1enc, 320 × 180, with numbers of frames and without colours: an OBU, and the beginnings of pictures. */
static const Bytes sequence = hex("0a0c000000043cfecf81b5f20080");
static const Bytes delimiter = hex("1200"), keyframe = hex("32021000"), later = hex("32023000");
static const Bytes payload(sequence.begin() + 2, sequence.end());

static void records() {
  const auto record = av1::record_of(payload);
  // Main profile, level 2.0, 8 bits, 4:2:0, and the header as it is.
  check(record && *record == joined({hex("81000c00"), sequence}), "av1C");
  const Bytes told = av1::with_colours(payload.data(), payload.size(), av1::bt709);
  const auto form = av1::read_sample_form(told.data(), told.size());
  check(told.size() == payload.size() + 3 && form && form->described && form->chroma_position == 1, "colours are told");
  check(form->sequence.width == 320 && form->sequence.height == 180 && form->half_width && form->half_height,
        "its form");
  check(av1::with_colours(told.data(), told.size(), av1::bt601) == told, "who tells of colours is believed");
  // From the description on three bytes are put in; film grain and the bits behind the header follow as they were.
  check(told.back() == payload.back(), "the end of the header");
  const auto described = av1::record_of(told);
  check(described && (*described)[2] == 0x0d && described->size() == record->size() + 3, "av1C with colours");
  for (size_t size = 0; size < payload.size() - 1; ++size) {
    const Bytes cut(payload.begin(), payload.begin() + static_cast<ptrdiff_t>(size));
    check(!av1::record_of(cut), "no av1C of " + std::to_string(size) + " bytes");
    check(av1::with_colours(cut.data(), cut.size(), av1::bt709) == cut, "a torn header stays as it is");
  }
}

static void stamps() {
  for (const int64_t time : {int64_t{0}, int64_t{1}, int64_t{1'764'200'000'000'000}, INT64_MAX}) {
    const Bytes unit = joined({delimiter, sequence, av1::stamp_obu(time), keyframe});
    check(av1::read_stamp(unit.data(), unit.size()) == time, "the stamp " + std::to_string(time));
    for (size_t size = 0; size < delimiter.size() + sequence.size() + av1::stamp_obu(time).size(); ++size)
      check(!av1::read_stamp(unit.data(), size), "no stamp in " + std::to_string(size) + " bytes");
  }
  const Bytes behind = joined({keyframe, av1::stamp_obu(5)}), other = joined({hex("2a03040000"), keyframe});
  check(!av1::read_stamp(behind.data(), behind.size()), "not behind the picture");
  check(!av1::read_stamp(other.data(), other.size()), "not of others");
}

static void units() {
  Av1Units made;
  const auto of = [&](const std::vector<Bytes>& parts) {
    const Bytes all = joined(parts);
    return made.make(all.data(), all.size(), av1::bt601);
  };
  check(!of({delimiter, later}), "nothing before a sequence header");
  check(!of({delimiter, sequence}), "nothing without a picture");
  const auto key = of({delimiter, sequence, keyframe});
  const Bytes told = av1::obu_of(av1::sequence_header, av1::with_colours(payload.data(), payload.size(), av1::bt601));
  check(key && key->key && key->bytes == joined({told, keyframe}), "a keyframe without delimiter, with colours");
  check(made.record() == joined({hex("81000d00"), told}), "its record");
  const auto inter = of({delimiter, av1::stamp_obu(1), later, hex("7a80808000")});
  check(inter && !inter->key && inter->bytes == joined({av1::stamp_obu(1), later, hex("7a80808000")}),
        "another picture");
}

/** Anything may come. */
static void chance() {
  std::mt19937 random(1);
  Av1Units made;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = joined({delimiter, sequence, av1::stamp_obu(round), keyframe});
    bytes.resize(random() % bytes.size() + 1);
    for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    made.make(bytes.data(), bytes.size(), av1::bt709);
    av1::read_stamp(bytes.data(), bytes.size());
  }
}

int main() {
  records();
  stamps();
  units();
  chance();
  if (failures == 0) std::puts("av1_units: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
