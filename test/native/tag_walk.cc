// Tests that an FLV stream is cut in the same places for pieces of any size. Compiled and run by arithmetic.test.ts.
#include "rtmp/tag_walk.h"

#include <cstdio>
#include <random>
#include <string>
#include <vector>

using rxgst::StreamTag;
using rxgst::TagWalk;

static int failures = 0;
static void check(const char* what, bool well) {
  if (well) return;
  std::printf("%s\n", what);
  ++failures;
}

using Bytes = std::vector<uint8_t>;

static void add_tag(Bytes& stream, int type, const Bytes& body) {
  const auto size = static_cast<uint32_t>(body.size());
  for (const uint32_t byte :
       {static_cast<uint32_t>(type), size >> 16 & 255, size >> 8 & 255, size & 255, 0u, 0u, 0u, 0u, 0u, 0u, 0u}) {
    stream.push_back(static_cast<uint8_t>(byte));
  }
  stream.insert(stream.end(), body.begin(), body.end());
  const uint32_t all = 11 + size;
  for (int shift = 24; shift >= 0; shift -= 8) stream.push_back(static_cast<uint8_t>(all >> shift));
}

static Bytes head() { return {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0}; }

/** All bytes that pass, for these pieces, if tags of type 9 whose body begins with 1 are left out. */
template <class Piece>
static Bytes passed(const Bytes& stream, Piece piece, size_t* most_waiting) {
  TagWalk walk;
  Bytes result, held;
  for (size_t at = 0; at < stream.size();) {
    const size_t count = std::min(piece(), stream.size() - at);
    Bytes now = held;
    now.insert(now.end(), stream.begin() + static_cast<long>(at), stream.begin() + static_cast<long>(at + count));
    at += count;
    const auto keep = [](const StreamTag& tag) { return !(tag.type == 9 && tag.size > 0 && tag.body[0] == 1); };
    for (const auto& [from, to] : walk.walk(now.data(), now.size(), keep)) {
      result.insert(result.end(), now.begin() + static_cast<long>(from), now.begin() + static_cast<long>(to));
    }
    held.assign(now.begin() + static_cast<long>(walk.waiting()), now.end());
    *most_waiting = std::max(*most_waiting, held.size());
  }
  return result;
}

int main() {
  std::mt19937 random(1);
  const auto number = [&](size_t to) { return std::uniform_int_distribution<size_t>(0, to)(random); };
  for (int round = 0; round < 300; ++round) {
    Bytes stream = head(), expected = head();
    for (size_t tags = number(20); tags > 0; --tags) {
      const int type = number(1) ? 9 : 8;
      Bytes body(number(3) ? number(40) : number(5));
      for (uint8_t& byte : body) byte = static_cast<uint8_t>(number(2));
      add_tag(stream, type, body);
      if (!(type == 9 && !body.empty() && body[0] == 1)) add_tag(expected, type, body);
    }
    size_t waiting = 0;
    check("in one piece", passed(stream, [&] { return stream.size(); }, &waiting) == expected);
    check("byte by byte", passed(stream, [] { return size_t{1}; }, &waiting) == expected);
    check("in pieces of any size", passed(stream, [&] { return 1 + number(30); }, &waiting) == expected);
    check("little waits", waiting <= 15);
  }
  // Data that is no FLV passes in pieces of the sizes that its bytes claim, and the walk never runs past its end.
  for (int round = 0; round < 300; ++round) {
    Bytes noise(number(200));
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(number(255));
    size_t waiting = 0;
    check("noise is not made longer", passed(noise, [&] { return 1 + number(30); }, &waiting).size() <= noise.size());
  }
  if (failures == 0) std::printf("tag_walk: all well\n");
  return failures == 0 ? 0 : 1;
}
