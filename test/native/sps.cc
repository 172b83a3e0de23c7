// Tests sizes in H.264 parameter sets of real encoders and of attackers. Compiled and run by arithmetic.test.ts.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "h264/sps.h"

using rxgst::coded_size;

static int failures = 0;
static void check(const char* what, const std::vector<uint8_t>& nal, int64_t width, int64_t height) {
  const auto size = coded_size(nal.data(), nal.size());
  const int64_t w = size ? size->width : 0, h = size ? size->height : 0;
  if (w == width && h == height) return;
  std::printf("%s: %lld x %lld, not %lld x %lld\n", what, (long long)w, (long long)h, (long long)width,
              (long long)height);
  ++failures;
}

/** Writes parameter sets for coded_size(), with emulation prevention. */
struct Writer {
  std::string bits;
  void u(int count, uint32_t value) {
    for (int i = count - 1; i >= 0; --i) bits += (value >> i & 1) ? '1' : '0';
  }
  void ue(uint32_t value) {
    const uint64_t code = uint64_t{value} + 1;
    int length = 0;
    while (code >> (length + 1)) ++length;
    bits += std::string(static_cast<size_t>(length), '0');
    for (int i = length; i >= 0; --i) bits += (code >> i & 1) ? '1' : '0';
  }
  void se(int32_t value) { ue(value > 0 ? static_cast<uint32_t>(2 * value - 1) : static_cast<uint32_t>(-2 * value)); }
  std::vector<uint8_t> nal() {
    std::string all = bits + "1";
    while (all.size() % 8) all += '0';
    std::vector<uint8_t> result{0x67};
    size_t zeros = 0;
    for (size_t i = 0; i < all.size(); i += 8) {
      const auto byte = static_cast<uint8_t>(std::stoi(all.substr(i, 8), nullptr, 2));
      if (zeros >= 2 && byte <= 3) {
        result.push_back(3);
        zeros = 0;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      result.push_back(byte);
    }
    return result;
  }
};

static std::vector<uint8_t> set(uint32_t profile, uint32_t order, bool scaling, bool frames_only, uint32_t mbs,
                                uint32_t units, int above = -1, uint32_t luma_depth = 8, uint32_t chroma_depth = 8) {
  Writer w;
  w.u(8, profile);
  w.u(16, 40);
  w.ue(0);
  if (profile >= 100) {
    w.ue(1);
    w.ue(luma_depth - 8);
    w.ue(chroma_depth - 8);
    w.u(1, 0);
    w.u(1, scaling);
    if (scaling) {
      for (int list = 0; list < 8; ++list) {
        w.u(1, list % 2 == 0);
        if (list % 2) continue;
        w.se(list == 0 ? -8 : 3);  // 8 - 8 = 0: the rest of the list is the default
        for (int i = 1; list > 0 && i < (list < 6 ? 16 : 64); ++i) w.se(i % 2 ? 1 : -1);
      }
    }
  }
  w.ue(4);
  w.ue(order);
  if (order == 0) w.ue(4);
  if (order == 1) {
    w.u(1, 0);
    w.se(-1);
    w.se(2);
    w.ue(3);
    for (int i = 0; i < 3; ++i) w.se(i - 1);
  }
  w.ue(4);
  w.u(1, 0);
  w.ue(mbs - 1);
  w.ue(units - 1);
  w.u(1, frames_only);
  if (!frames_only) w.u(1, 0);
  w.u(1, 1);
  w.u(1, above >= 0);
  if (above >= 0) {
    w.ue(3);
    w.ue(0);
    w.ue(static_cast<uint32_t>(above));
    w.ue(5);
  }
  w.u(8, 0);
  return w.nal();
}

/**
 * A set that a reader refuses at its end, for its usability information. libav then reads it again with its emulation
 * prevention bytes: the result may be another size, and counts.
 */
static void hidden_behind_emulation() {
  uint32_t state = 3;
  const auto dice = [&](uint32_t below) { return (state = state * 1'664'525 + 1'013'904'223) / 65'536 % below; };
  int larger = 0;
  for (int round = 0; round < 20'000; ++round) {
    Writer w;
    w.u(8, 66);
    w.u(16, 40);
    w.ue(0);
    w.ue(dice(13));
    w.ue(1);
    w.u(1, 0);
    // Two numbers with many zeros give two zero bytes.
    const auto zeros = [&] { w.ue((uint32_t{1} << (10 + dice(3))) - 1 + (dice(3) == 0)); };
    zeros();
    zeros();
    const uint32_t cycle = dice(6);
    w.ue(cycle);
    for (uint32_t i = 0; i < cycle; ++i) zeros();
    w.ue(1);
    w.u(1, 0);
    w.ue(3);
    w.ue(3);
    w.u(2, 3);
    w.u(1, 0);
    w.u(1, 1);
    w.u(1, 1);
    w.u(8, 200);  // an aspect ratio that does not exist
    for (int i = 0; i < 6; ++i) w.u(8, dice(256));
    const auto nal = w.nal();
    const auto size = coded_size(nal.data(), nal.size());
    bool unclear = false;
    const auto raw = rxgst::sps_detail::read(rxgst::BitReader({nal.begin() + 1, nal.end()}), &unclear);
    if (!size || !raw || raw->size.width <= 64) continue;
    ++larger;
    if (size->width >= raw->size.width && size->height >= raw->size.height) continue;
    std::puts("the smaller of two readings");
    ++failures;
    return;
  }
  if (larger > 0) return;
  std::puts("no set has two readings");
  ++failures;
}

int main() {
  // x264, 1920 × 1080 and 320 × 180, as ffmpeg 5.1 wrote them.
  check("x264 1080", {0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00,
                      0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58},
        1920, 1088);
  for (const bool scaling : {false, true}) {
    for (const uint32_t order : {0u, 1u, 2u}) {
      for (const uint32_t profile : {66u, 77u, 100u}) {
        check("own", set(profile, order, scaling, true, 120, 68), 1920, 1088);
        check("interlaced", set(profile, order, scaling, false, 45, 18), 720, 576);
        check("huge", set(profile, order, scaling, true, 4096, 4096), 65'536, 65'536);
        check("larger than that", set(profile, order, scaling, false, 0x7fffffff, 0x7fffffff), 16 * int64_t{0x7fffffff},
              32 * int64_t{0x7fffffff});
      }
    }
  }
  for (const bool frames_only : {true, false}) {
    for (const int above : {-1, 0, 1, 8, 300}) {
      const auto nal = set(100, 0, true, frames_only, 40, 22, above);
      const auto size = coded_size(nal.data(), nal.size());
      if (size && size->frames_only == frames_only && size->cropped_above == (above > 0)) continue;
      std::printf("cropped above by %d, frames only: %d: read otherwise\n", above, frames_only);
      ++failures;
    }
  }
  // An unknown value counts as the worst one.
  auto cut = set(100, 0, true, true, 40, 22, 0);
  while (coded_size(cut.data(), cut.size() - 1) && !coded_size(cut.data(), cut.size() - 1)->cropped_above)
    cut.pop_back();
  if (!coded_size(cut.data(), cut.size() - 1)) {
    std::puts("a set that ends within its cropping was not tried");
    ++failures;
  }
  std::string known;
  for (uint32_t profile = 0; profile < 256; ++profile)
    known += rxgst::is_known_profile(profile) ? std::to_string(profile) + " " : "";
  if (known != "44 66 77 88 100 110 122 244 ") {
    std::printf("profiles that are taken: %s\n", known.c_str());
    ++failures;
  }
  std::string depths;
  for (uint32_t luma = 8; luma <= 14; ++luma) {
    for (uint32_t chroma = 8; chroma <= 14; ++chroma) {
      const auto nal = set(244, 0, false, true, 120, 68, -1, luma, chroma);
      const auto size = coded_size(nal.data(), nal.size());
      if (size && size->known_depth) depths += std::to_string(luma) + "/" + std::to_string(chroma) + " ";
    }
  }
  if (depths != "8/8 10/10 12/12 ") {
    std::printf("depths that are taken: %s\n", depths.c_str());
    ++failures;
  }
  const auto at_start_code = set(100, 0, false, true, 120, 68);
  for (size_t at = 4; at < at_start_code.size(); ++at) {
    // Bytes behind a start code belong to another unit: whether a reader reads them or not, they never make a set
    // smaller.
    auto nal = at_start_code;
    const uint8_t code[]{0, 0, 1, 0x67, 0x42};
    nal.insert(nal.begin() + static_cast<std::ptrdiff_t>(at), std::begin(code), std::end(code));
    const auto size = coded_size(nal.data(), nal.size());
    if (size && size->width < 1920) {
      std::printf("a start code at %zu: %lld\n", at, (long long)size->width);
      ++failures;
    }
  }
  hidden_behind_emulation();
  check("empty", {}, 0, 0);
  check("no parameter set", {0x65, 0x88, 0x84, 0x00}, 0, 0);
  // Every beginning of a good set, and noise: an answer or none, and never a read beyond the data.
  const auto good = set(100, 1, true, true, 120, 68);
  uint32_t state = 1;
  for (int round = 0; round < 20'000; ++round) {
    auto bad = good;
    bad.resize(static_cast<size_t>(round) % good.size());
    for (auto& byte : bad) {
      state = state * 1'664'525 + 1'013'904'223;
      if (round >= static_cast<int>(good.size())) byte = static_cast<uint8_t>(state >> 24);
    }
    if (!bad.empty()) bad[0] = 0x67;
    coded_size(bad.data(), bad.size());
  }
  if (failures == 0) std::puts("sps: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
