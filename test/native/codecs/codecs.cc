// Tests the readers of HEVC and AV1: their results for what x265 and libaom write, and that no data makes them read
// beyond it. Compiled and run by arithmetic.test.ts, with a sanitizer that notices every byte read beside it.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "av1/temporal_unit.h"
#include "checks.h"
#include "hevc/access_unit.h"
#include "hevc/config.h"
#include "hevc/sei.h"
#include "hevc/sequence_set.h"

using namespace rxgst;

/** x265, 1920 × 1080, cropped from 1088 lines. */
static const Bytes record = hex(
    "01016000000090000000000078f000fcfdf8f800000f03200001001840010c01ffff0160000003009000000300000300789590092100010032"
    "420101016000000300900000030000030078a003c0801107cb965644a4c2fff000100016a020202080000003008000000c8422000100064401"
    "c073c189");
/** x265, 64 × 64, 10 bits. */
static const Bytes deep =
    hex("42010102200000030090000003000003003fa0208104d965644a4c2fff000100016a02020208000003000800000300c840");
/** libaom, 1920 × 1080: temporal delimiter, sequence header, the beginning of a keyframe. */
static const Bytes header = hex("0a0c00000042abbfc37e0657c802");
static const Bytes keyframe = hex("3203104080");
static const Bytes later = hex("3203304384");

static Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

static Bytes lengthed(const std::vector<Bytes>& units) {
  Bytes all;
  for (const Bytes& unit : units) {
    for (int shift = 24; shift >= 0; shift -= 8) all.push_back(static_cast<uint8_t>(unit.size() >> shift));
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;
}

static Bytes unit(int type, Bytes rest = {0x11, 0x22}) {
  rest.insert(rest.begin(), {static_cast<uint8_t>(type << 1), 1});
  return rest;
}

static void hevc_records() {
  check(hevc::is_record(record.data(), record.size()), "a record");
  check(hevc::length_size_of(record.data()) == 4, "lengths of 4 bytes");
  std::string seen;
  std::optional<hevc::SequenceSet> set;
  const auto end = hevc::each_set(record.data(), record.size(), [&](const uint8_t* nal, size_t size) {
    seen += std::to_string(hevc::unit_type(nal)) + " ";
    if (hevc::unit_type(nal) == hevc::sequence_set_unit) set = hevc::read_sequence_set(nal, size);
    return true;
  });
  check(end == hevc::Sets::whole && seen == "32 33 34 ", "its sets: " + seen);
  check(set && set->width == 1920 && set->height == 1088 && set->depth == 8 && set->chroma_format == 1, "its size");
  for (size_t size = hevc::record_head_bytes; size < record.size(); ++size) {
    const Bytes cut(record.begin(), record.begin() + static_cast<ptrdiff_t>(size));
    const auto all = [](const uint8_t*, size_t) { return true; };
    check(hevc::each_set(cut.data(), cut.size(), all) == hevc::Sets::torn, "torn at " + std::to_string(size));
  }
  const auto ten = hevc::read_sequence_set(deep.data(), deep.size());
  check(ten && ten->width == 64 && ten->height == 64 && ten->depth == 10, "10 bits");
  for (size_t size = 0; size < 20; ++size) {
    const Bytes cut(deep.begin(), deep.begin() + static_cast<ptrdiff_t>(size));
    check(!hevc::read_sequence_set(cut.data(), cut.size()), "a set of " + std::to_string(size) + " bytes");
  }
}

/** A sequence set of 64 × 64 pictures, up to the depths of its samples. */
static Bytes set_of(uint32_t chroma_format, uint32_t luma, uint32_t chroma) {
  std::vector<bool> bits;
  const auto golomb = [&](uint32_t value) {
    int length = 0;
    while ((value + 1) >> (length + 1)) ++length;
    bits.insert(bits.end(), static_cast<size_t>(length), false);
    for (; length >= 0; --length) bits.push_back((value + 1) >> length & 1);
  };
  bits.insert(bits.end(), 8, true);  // without sub-layers, but for the three bits below
  bits[4] = bits[5] = bits[6] = false;
  bits.insert(bits.end(), 96, true);  // profile and level; ones need no emulation bytes
  for (const uint32_t value : {0u, chroma_format}) golomb(value);
  if (chroma_format == 3) bits.push_back(true);
  for (const uint32_t side : {64u, 64u}) golomb(side);
  bits.push_back(false);
  for (const uint32_t depth : {luma, chroma}) golomb(depth - 8);
  bits.insert(bits.end(), 64, true);
  Bytes bytes = {0x42, 0x01};
  for (size_t at = 0; at + 8 <= bits.size(); at += 8) {
    uint8_t byte = 0;
    for (size_t i = 0; i < 8; ++i) byte = static_cast<uint8_t>(byte << 1 | bits[at + i]);
    bytes.push_back(byte);
  }
  return bytes;
}

static void hevc_depths() {
  for (uint32_t chroma_format = 0; chroma_format <= 3; ++chroma_format) {
    for (uint32_t luma = 8; luma <= 16; ++luma) {
      for (uint32_t chroma = 8; chroma <= 16; ++chroma) {
        const Bytes bytes = set_of(chroma_format, luma, chroma);
        const auto set = hevc::read_sequence_set(bytes.data(), bytes.size());
        // Grey pictures have no chroma whose depth could differ.
        const uint32_t depth = chroma_format == 0 || luma == chroma ? luma : 0;
        check(set && set->width == 64 && set->depth == depth, std::to_string(luma) + " and " + std::to_string(chroma) +
                                                                  " bits, chroma " + std::to_string(chroma_format));
      }
    }
  }
}

static AccessUnit read(const std::vector<Bytes>& units, size_t most = 100) {
  const Bytes all = lengthed(units);
  return hevc::read_access_unit(all.data(), all.size(), 4, most);
}

static void hevc_units() {
  const AccessUnit idr = read({unit(32), unit(33), unit(34), unit(39, {5, 1, 0, 0x80}), unit(20)});
  check(idr.slices && idr.instant && idr.intra && idr.reference && !idr.recovery, "an IDR picture");
  check(idr.units == 5 && idr.parameter_sets == 3 && idr.messages == 1, "its units");
  const AccessUnit clean = read({unit(21)});
  check(!clean.instant && clean.intra && clean.recovery == 0u, "a clean access point: pictures before it are missing");
  check(read({unit(16)}).instant, "a broken link: what is missing is left out by decoders");
  const AccessUnit trail = read({unit(1)}), loose = read({unit(0)}), skipped = read({unit(8)});
  check(trail.slices && trail.reference && !trail.intra && !trail.recovery, "a picture that others refer to");
  check(loose.slices && !loose.reference && !skipped.reference, "one that none refers to");
  // recovery_poc_cnt 3, −3.
  check(read({unit(39, {6, 1, 0x34, 0x80}), unit(1)}).recovery == 3u, "a recovery point");
  check(read({unit(39, {6, 1, 0x3c, 0x80}), unit(1)}).recovery == 0u, "one behind it");
  check(read({unit(1), unit(1), unit(1)}, 2).units == 3, "too many units are counted, and no more are read");
  const Bytes layer{0x03, 0x01, 0x11}, no_time{0x02, 0x00, 0x11}, forbidden{0x82, 0x01, 0x11}, empty{0x02, 0x01};
  for (const Bytes& odd : {layer, no_time, forbidden, empty, unit(41)})
    check(!hevc::is_taken(odd.data(), odd.size()), "an odd unit of " + std::to_string(odd[0]));
  const Bytes all = lengthed({layer, unit(1)}), rest = lengthed({unit(1)});
  const auto is_odd = [](size_t length, const uint8_t* nal) { return !hevc::is_taken(nal, length); };
  check(without_odd_units(all.data(), all.size(), 4, is_odd) == rest, "another layer is left out");
  check(!without_odd_units(rest.data(), rest.size(), 4, is_odd), "nothing is left out of a picture that is whole");
}

static void hevc_stamps() {
  std::mt19937_64 random(1);
  const Bytes sets = unit(33), idr = unit(20), message = unit(39, {6, 1, 0x34, 0x80}), suffix = unit(40, {6, 1, 0x80});
  for (int round = 0; round < 2000; ++round) {
    // Small numbers have zeros in a row, which are escaped.
    const auto time = static_cast<int64_t>(random() >> (round % 64));
    const Bytes stamp = hevc::stamp_nal(time);
    check(hevc::unit_type(stamp.data()) == hevc::prefix_message_unit && hevc::is_taken(stamp.data(), stamp.size()),
          "a prefix message");
    for (size_t at = 2; at + 2 < stamp.size(); ++at)
      check(stamp[at] != 0 || stamp[at + 1] != 0 || stamp[at + 2] > 2, "no start code in " + std::to_string(time));
    const Bytes all = lengthed({unit(35), sets, message, stamp, idr});
    check(hevc::read_stamp(all.data(), all.size(), 4) == time, "the stamp " + std::to_string(time));
    for (size_t size = 0; size < all.size() - idr.size() - 4; ++size) {
      const Bytes cut(all.begin(), all.begin() + static_cast<ptrdiff_t>(size));
      check(!hevc::read_stamp(cut.data(), cut.size(), 4), "no stamp in " + std::to_string(size) + " bytes");
    }
  }
  const Bytes behind = lengthed({idr, hevc::stamp_nal(5)}), none = lengthed({sets, message, suffix, idr});
  const Bytes other = lengthed({stamp_nal(5), idr});
  check(!hevc::read_stamp(behind.data(), behind.size(), 4), "not behind the first slice");
  check(!hevc::read_stamp(none.data(), none.size(), 4), "none");
  check(!hevc::read_stamp(other.data(), other.size(), 4), "not H.264's");
}

static void av1_headers() {
  const auto obu = av1::read_obu(header.data(), header.size());
  check(obu && obu->type == av1::sequence_header && obu->size == header.size() && obu->payload_size == 12, "an OBU");
  const auto read = av1::read_sequence_header(obu->payload, obu->payload_size);
  check(read && read->width == 1920 && read->height == 1080 && read->profile == 0 && !read->still, "its size");
  for (size_t size = 0; size < 6; ++size)
    check(!av1::read_sequence_header(header.data() + 2, size), "a header of " + std::to_string(size) + " bytes");
  const Bytes endless{0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, far{0x0a, 0xff, 0x7f, 0};
  check(!av1::read_obu(endless.data(), endless.size()), "a length without an end");
  check(!av1::read_obu(far.data(), far.size()), "a length that leads out of the data");
  const Bytes rest{0x30, 1, 2, 3};
  const auto unsized = av1::read_obu(rest.data(), rest.size());
  check(unsized && unsized->size == 4 && unsized->payload_size == 3, "an OBU without a length");
}

static void av1_units() {
  av1::TemporalUnits units;
  const auto of = [&](const std::vector<Bytes>& parts, size_t most = 100) {
    const Bytes all = joined(parts);
    return units.read(all.data(), all.size(), most);
  };
  const AccessUnit key = of({hex("1200"), header, keyframe});
  check(key.slices && key.instant && key.intra && key.units == 3 && key.parameter_sets == 1, "a keyframe");
  const AccessUnit inter = of({hex("1200"), later});
  check(inter.slices && !inter.instant && !inter.intra, "a picture between keyframes");
  // A keyframe that is not shown, before a picture that is.
  check(!of({hex("32010032013b")}).instant, "a keyframe that is kept back");
  check(!of({hex("1a0180")}).instant, "a picture that is shown again");
  check(!of({hex("1200"), header}).slices, "a header alone");
  check(of({later, later, later}, 2).units == 3, "too many OBUs are counted, and no more are read");
}

/** Anything may come. */
static void chance() {
  std::mt19937 random(1);
  av1::TemporalUnits units;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = round % 3 == 0 ? record : round % 3 == 1 ? deep : joined({hex("1200"), header, keyframe});
    bytes.resize(random() % bytes.size() + 1);
    for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    const auto all = [](const uint8_t* nal, size_t size) {
      if (size > 0) hevc::read_sequence_set(nal, size);
      return true;
    };
    if (hevc::is_record(bytes.data(), bytes.size())) hevc::each_set(bytes.data(), bytes.size(), all);
    hevc::read_sequence_set(bytes.data(), bytes.size());
    hevc::read_access_unit(bytes.data(), bytes.size(), round % 5, 100);
    hevc::read_stamp(bytes.data(), bytes.size(), static_cast<size_t>(round % 5));
    units.read(bytes.data(), bytes.size(), 100);
  }
}

int main() {
  hevc_records();
  hevc_depths();
  hevc_units();
  hevc_stamps();
  av1_headers();
  av1_units();
  chance();
  if (failures == 0) std::printf("codecs: all well\n");
  return failures == 0 ? 0 : 1;
}
