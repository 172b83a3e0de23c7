// Nested AMF: whole, cut and mutated. A file gives the cases: 4 bytes of length, then the content of a script tag. For
// each case flvdemux's reading (recursive, as in GStreamer) must stay shallow after the walk has overwritten the parts
// that are too deep, however the tag was cut. Compiled and run by amf.test.ts.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "rtmp/amf_walk.h"
#include "rtmp/flv_walk.h"

using namespace rxgst;
using Bytes = std::vector<uint8_t>;

static int failures = 0;
static void fail(const char* what, size_t number) {
  if (++failures < 10) std::printf("case %zu: %s\n", number, what);
}

/** gst_flv_demux_parse_metadata_item: measures how deep it recurses. */
struct Demuxer {
  const Bytes& data;
  size_t at = 0;
  int deepest = 0;
  static constexpr int give_up = 2000;

  bool skip(size_t count) {
    if (data.size() - at < count) return false;
    at += count;
    return true;
  }
  bool number(int bytes, uint64_t* value) {
    if (data.size() - at < static_cast<size_t>(bytes)) return false;
    *value = 0;
    for (int i = 0; i < bytes; ++i) *value = *value << 8 | data[at++];
    return true;
  }
  bool string(std::string* text) {
    uint64_t size = 0;
    if (!number(2, &size) || data.size() - at < size) return false;
    text->assign(data.begin() + static_cast<long>(at), data.begin() + static_cast<long>(at + size));
    at += size;
    // It expects UTF-8, and overwritten bytes are none.
    return text->find('\xff') == std::string::npos;
  }
  bool item(bool* end, int depth) {
    deepest = std::max(deepest, depth);
    if (depth > give_up) return false;
    *end = false;
    std::string key;
    uint64_t type = 0, count = 0;
    if (!string(&key) || !number(1, &type)) return false;
    switch (type) {
      case 0:
        return skip(8);
      case 1:
        return skip(1);
      case 2:
        return string(&key);
      case 8:
        if (!number(4, &count)) return false;
        [[fallthrough]];
      case 3: {
        for (bool over = false; !over;) {
          if (!item(&over, depth + 1)) return false;
        }
        return true;
      }
      case 9:
        *end = key.empty();
        return true;
      case 10:
        if (!number(4, &count)) return false;
        while (count--) {
          if (!number(1, &type)) return false;
          if (type == 0 && !skip(8)) return false;
        }
        return true;
      case 11:
        return skip(10);
      default:
        return true;
    }
  }
  int run() {
    std::string name;
    uint64_t type = 0, count = 0;
    if (!number(1, &type) || type != 2 || !string(&name) || name != "onMetaData" || !number(1, &type)) return 0;
    if (type != 3 && !(type == 8 && number(4, &count))) return 0;
    for (bool end = false; !end && item(&end, 1);) {
    }
    return deepest;
  }
};

static Bytes tag_of(const Bytes& content) {
  const auto size = static_cast<uint32_t>(content.size());
  Bytes tag{18, uint8_t(size >> 16), uint8_t(size >> 8), uint8_t(size), 0, 0, 0, 0, 0, 0, 0};
  tag.insert(tag.end(), content.begin(), content.end());
  tag.insert(tag.end(), {0, 0, 0, 0});
  return tag;
}

/** The output of the walk for a stream in pieces of this size. */
static Bytes guarded(const Bytes& stream, size_t piece, int* spoilt) {
  FlvWalk walk;
  Bytes out = stream;
  for (size_t at = 0; at < out.size(); at += piece) {
    const size_t size = std::min(piece, out.size() - at);
    const auto seen = walk.take(out.data() + at, size);
    *spoilt += seen.spoilt;
    for (const auto& [from, to] : seen.blank) {
      if (from > to || to > size) {
        fail("a range beyond the piece", at);
        return out;
      }
      std::memset(out.data() + at + from, FlvWalk::blank, to - from);
    }
  }
  return out;
}

static void check(const Bytes& content, size_t number) {
  // After a header, a tag of another kind, and a script tag; before a tag that must be found again.
  const Bytes before = tag_of({2, 0, 1, 'x', 5}),
              after = tag_of({2, 0, 10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a', 5});
  Bytes stream(13, 0);
  Bytes video = tag_of({0x17, 1, 2, 3});
  video[0] = 9;
  const Bytes tag = tag_of(content);
  for (const Bytes* part : std::initializer_list<const Bytes*>{&video, &before, &tag, &after}) {
    stream.insert(stream.end(), part->begin(), part->end());
  }
  const size_t from = 13 + video.size() + before.size() + 11;
  int spoilt = 0;
  const Bytes whole = guarded(stream, stream.size(), &spoilt);
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{256}}) {
    int again = 0;
    if (guarded(stream, piece, &again) != whole || again != spoilt) fail("another result in pieces", number);
  }
  if (spoilt > 1) fail("another tag was spoilt", number);
  if (!std::equal(after.begin(), after.end(), whole.end() - static_cast<long>(after.size())))
    fail("the next tag was written over", number);
  const Bytes seen(whole.begin() + static_cast<long>(from),
                   whole.begin() + static_cast<long>(from + content.size() + 4));
  const int depth = Demuxer{seen}.run();
  if (depth > static_cast<int>(AmfWalk::most_depth) + 1) fail("flvdemux would recurse", number);
  Bytes raw = content;
  raw.insert(raw.end(), {0, 0, 0, 0});
  if (spoilt == 0 && Demuxer{raw}.run() != depth) fail("what was left alone reads otherwise", number);
  if (spoilt > 0 && Demuxer{raw}.run() <= static_cast<int>(AmfWalk::most_depth)) fail("it was not too deep", number);

  AmfWalk at_once, by_byte;
  const size_t taken = at_once.take(content.data(), content.size());
  size_t steps = 0;
  while (steps < content.size() && by_byte.take(content.data() + steps, 1) == 1) ++steps;
  if (taken != steps || at_once.verdict() != by_byte.verdict())
    fail("the walk by the specification differs in pieces", number);
  if (at_once.depth() > AmfWalk::most_depth) fail("too deep, and not said", number);
}

/** The walk's events for good metadata. */
struct Reader : AmfWalk {
  std::string said;
  void on_value(const std::string& key, int type, uint64_t raw) override {
    said += key + ":" + std::to_string(type) + ":" + std::to_string(raw) + " ";
  }
  void on_name(const std::string& name) override { said += name + " "; }
};

int main(int count, char** arguments) {
  Bytes content{2, 0, 10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a', 8,   0, 0, 0, 2, 0, 1, 'a',
                1, 1, 0,  1,   'b', 3,   0,   1,   'c', 2,   0,   2,   'h', 'i', 0, 0, 9, 0, 0, 9, 5};
  Reader reader;
  if (reader.take(content.data(), content.size()) != content.size() || reader.said != "onMetaData a:1:1 c:2:2 " ||
      reader.depth() != 0) {
    fail(reader.said.c_str(), 0);
  }
  size_t number = 1;
  check(content, number++);
  for (const int type : {3, 8, 10}) {
    for (const int depth : {31, 32, 33, 1000, 70'000}) {
      Bytes deep(content.begin(), content.begin() + 13);
      deep.push_back(3);
      for (int i = 1; i < depth; ++i) {
        deep.insert(deep.end(), {0, 0, uint8_t(type)});
        if (type != 3) deep.insert(deep.end(), {0, 0, 0, 1});
      }
      check(deep, number++);
    }
  }
  std::FILE* file = count > 1 ? std::fopen(arguments[1], "rb") : nullptr;
  uint8_t size[4];
  while (file && std::fread(size, 1, 4, file) == 4) {
    Bytes given(size_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3]);
    if (std::fread(given.data(), 1, given.size(), file) != given.size()) break;
    check(given, number++);
  }
  if (failures == 0) std::printf("amf: %zu cases, all well\n", number - 1);
  return failures != 0;
}
