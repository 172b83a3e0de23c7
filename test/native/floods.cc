// Tests which connections count as floods. Compiled and run by arithmetic.test.ts.
#include <cstdio>
#include <string>

#include "rtmp/flood_rules.h"
#include "rtmp/message_reader.h"

using namespace rxgst;

static int failures = 0;
static void check(const char* what, bool right, const std::string& said = "") {
  if (right) return;
  std::printf("%s %s\n", what, said.c_str());
  ++failures;
}

static constexpr double mib = 1024 * 1024;

/** The habits of a server, per second. */
struct Server {
  double media = 0;     // bytes that come out of the element
  double overhead = 1;  // bytes that are read for each of them
  double other = 0;     // bytes that are no media
  double answers = 0;   // bytes that it makes us write
  double unsent = 0;    // bytes that it does not take
  double burst = 0;     // bytes at once, which come out 100 ms later: a picture
};

/** The second in which the connection is cut; -1: never. */
static double cut(const Server& server, double seconds) {
  PlayerRules rules(0);
  double read = 3600, written = 3400, media = 200, t = 0;
  const auto look = [&](double unsent) {
    const auto as = [](double value) { return static_cast<uint64_t>(value); };
    return rules.look({as(read), as(written), as(unsent), as(media), static_cast<int64_t>(t * 1e6)}).has_value();
  };
  for (; t < seconds; t += 0.1) {
    if (look(server.unsent)) return t;
    media += server.media / 10;
    read += server.media * server.overhead / 10 + server.other / 10;
    written += server.answers / 10;
    const bool picture = static_cast<int>(t * 10) % 20 == 0;
    if (picture)
      read += server.burst;
    else if (static_cast<int>(t * 10) % 20 == 1)
      media += server.burst;
  }
  return -1;
}

static void players() {
  const double day = 86'400;
  check("an ordinary stream", cut({.media = 400'000, .overhead = 0.99, .other = 20, .answers = 20}, day) < 0);
  check("chunks of 128 bytes, long times", cut({.media = 1.5e6, .overhead = 1.05, .answers = 20}, day) < 0);
  check("pictures of 4 MiB", cut({.media = 4e6, .overhead = 1.01, .answers = 100, .burst = 4 * mib}, 3600) < 0);
  check("audio of 24 kbit/s in TLS", cut({.media = 3645, .overhead = 1.31, .other = 30, .answers = 20}, day) < 0);
  check("an acknowledgement for each of 50 messages",
        cut({.media = 20'000, .overhead = 1.02, .answers = 50 * 16}, day) < 0);
  check("pings", [] {
    const double at = cut({.media = 4000, .other = 18e6, .answers = 20'000}, 10);
    return at > 0 && at < 0.35;
  }());
  check("pings on a slow machine", [] {
    const double at = cut({.other = 1.4e6, .answers = 1100}, 10);
    return at > 0 && at < 1;
  }());
  check("pings of 500 kB/s", cut({.media = 4000, .other = 500e3, .answers = 500e3}, 10) > 0);
  check("pings of 5 kB/s", cut({.media = 4000, .other = 5000, .answers = 5000}, 60) > 0);
  check("halves of messages", [] {
    const double at = cut({.other = 20e6}, 10);
    return at > 0 && at < 0.7;
  }());
  // 150 bits for each of 500 that rtmp2 drops: above 128 KiB after a minute, with a ping every five seconds.
  check("a stream of few bits with data messages that are dropped",
        cut({.media = 4000, .other = 2048 + 2000, .answers = 18 / 5.0}, 3600) < 0);
  check("answers that nobody reads", cut({.media = 400'000, .answers = 100, .unsent = 5000}, 10) > 0);
}

static void publishers() {
  PublisherRules rules;
  bool over = false;
  // 10 Mbit/s, acknowledged every 64 kB, for a day; a ping a second.
  for (double t = 0; t < 86'400 && !over; t += 0.1) {
    over = rules
               .look({static_cast<uint64_t>(3600 + t * (1.25e6 / 64e3 * 16 + 18)), static_cast<uint64_t>(t * 1.25e6), 0,
                      0, static_cast<int64_t>(t * 1e6)})
               .has_value();
  }
  check("a publisher's ordinary server", !over);
  PublisherRules again;
  for (double t = 0; t < 2 && !over; t += 0.1) {
    over = again
               .look({static_cast<uint64_t>(3600 + t * 500e3), static_cast<uint64_t>(t * 300e3), 0, 0,
                      static_cast<int64_t>(t * 1e6)})
               .has_value();
  }
  check("pings to a publisher", over);
}

/** The second in which a connection of unknown role is cut; -1: never. Bytes a second; media of all players. */
static double cut_either(double read, double written, double media, double seconds) {
  EitherRules rules(0);
  for (double t = 0; t < seconds; t += 0.1) {
    const auto by = [&](double first, double rate) { return static_cast<uint64_t>(first + t * rate); };
    if (rules.look({by(3600, read), by(3400, written), 0, by(0, media), static_cast<int64_t>(t * 1e6)})) return t;
  }
  return -1;
}

static void either() {
  const double day = 86'400;
  check("a player beside a publisher", cut_either(250'000, 50, 250'000, day) < 0);
  check("a publisher beside a player", cut_either(100, 250'000, 250'000, day) < 0);
  check("a player beside another", cut_either(250'000, 50, 1e6, day) < 0);
  check("pings to a player beside a publisher", [] {
    const double at = cut_either(1.4e6, 1100, 4000, 10);
    return at > 0 && at < 1;
  }());
  check("pings to a publisher beside a player", [] {
    const double at = cut_either(500e3, 300e3, 250'000, 10);
    return at > 0 && at < 1;
  }());
  // The first pictures come at once, and then little audio: that breaks the rules of publishers only for a moment.
  EitherRules turns(0);
  const auto player = [&](double t, uint64_t unsent) {
    const auto media = static_cast<uint64_t>(200'000 + t * 2000);
    return turns.look({media + 3600, 3400, unsent, media, static_cast<int64_t>(t * 1e6)}).has_value();
  };
  bool over = false;
  for (double t = 0; t < 120; t += 0.1) over = over || player(t, 0);
  check("a burst, then little", !over);
  for (double t = 120; t < 125; t += 0.1) over = over || player(t, 5000);
  check("whose server then does not read its answers", over);
}

static void scripts() {
  ScriptRules captions, flood;
  bool over = captions.look(600, 600 * 300, 0).has_value();
  for (int i = 0; i < 86'400 && !over; ++i) over = captions.look(60, 60 * 300, i * int64_t{1'000'000}).has_value();
  check("a time code for each picture", !over);
  for (int i = 0; i < 20 && !over; ++i) over = flood.look(2000, 26'000, i * int64_t{100'000}).has_value();
  check("a flood of cue points", over);
}

/** The client's output for these chunks; `piece`: bytes at once. */
struct Got {
  std::string raw, messages, refused;
};
static Got read(const std::string& bytes, size_t piece) {
  MessageReader reader;
  Got got;
  const std::string all = '\3' + std::string(MessageReader::handshake_bytes - 1, 'h') + bytes;
  for (size_t at = 0; at < all.size() && got.refused.empty(); at += piece) {
    const auto why = reader.take(
        all.data() + at, std::min(piece, all.size() - at), 0,
        [&](const char* data, size_t size) { got.raw.append(data, size); },
        [&](const RtmpMessage& it) {
          got.messages += std::to_string(it.type) + "@" + std::to_string(it.timestamp) + "/" +
                          std::to_string(it.stream) + "#" + std::to_string(it.chunk_stream) + "=" +
                          it.payload.substr(0, 5) + ":" + std::to_string(it.payload.size()) + " ";
        });
    if (why) got.refused = *why;
  }
  return got;
}

static std::string chunks(const RtmpMessage& message, size_t size = 128) {
  std::string out;
  append_chunks(message, size, &out);
  return out;
}

static void expect(const char* what, const std::string& bytes, const std::string& messages, const char* refused = "") {
  for (const size_t piece : {size_t{1}, size_t{100}, size_t{1} << 20}) {
    const Got got = read(bytes, piece);
    check(what, got.messages == messages, got.messages);
    check(what, got.refused.find(refused) != std::string::npos && got.refused.empty() == !*refused, got.refused);
    check("the handshake passes", got.raw.size() == MessageReader::handshake_bytes);
  }
}

static void messages() {
  const std::string picture(300, 'p');
  expect("a message", chunks({9, 6, 1, 40, picture}), "9@40/1#6=ppppp:300 ");
  for (const uint32_t id : {63u, 64u, 319u, 320u, 65'599u}) {
    expect("a chunk stream's number", chunks({9, id, 1, 40, picture}), "9@40/1#" + std::to_string(id) + "=ppppp:300 ");
  }
  expect("a long time", chunks({9, 6, 1, 20'000'000, picture}), "9@20000000/1#6=ppppp:300 ");
  // Headers of 7, 3 and 0 bytes, which continue the header before.
  expect("short headers",
         chunks({8, 4, 1, 100, "ab"}) +
             std::string("\x44\0\0\x14\0\0\3\x08"
                         "abc",
                         11) +
             std::string("\x84\0\0\x15"
                         "def",
                         7) +
             "\xc4"
             "ghi",
         "8@100/1#4=ab:2 8@120/1#4=abc:3 8@141/1#4=def:3 8@162/1#4=ghi:3 ");
  const std::string set{0, 0, 1, 0};
  expect("another chunk size", chunks({1, 2, 0, 0, set}) + chunks({9, 6, 1, 40, picture}, 256), "9@40/1#6=ppppp:300 ");
  const std::string part = chunks({9, 6, 1, 40, picture}).substr(0, 12 + 128), abort{0, 0, 0, 6};
  expect("what was aborted is gone", part + chunks({2, 2, 0, 0, abort}) + chunks({9, 6, 1, 80, picture}),
         "9@80/1#6=ppppp:300 ");
  expect("two at once", part + chunks({8, 4, 1, 41, "ab"}) + chunks({9, 6, 1, 40, picture}).substr(12 + 128),
         "8@41/1#4=ab:2 9@40/1#6=ppppp:300 ");
  expect("a chunk size of 0", chunks({1, 2, 0, 0, std::string(4, 0)}), "", "chunk size");
  expect("a message of 16 MiB", std::string("\6\0\0\0\xff\xff\xff\x09\1\0\0\0", 12), "", "16777215 bytes");
  expect("a chunk before all others",
         "\xc4"
         "ab",
         "", "none before");
  std::string halves;
  for (uint32_t id = 100; id < 400; ++id)
    halves += chunks({9, id, 1, 40, picture}).substr(0, id < 320 ? 13 + 128 : 14 + 128);
  expect("more chunk streams than anybody needs", halves, "", "chunk streams");
  std::string name{"\2\0\x0aonMetaData", 13}, deep = name + '\3';
  for (int i = 0; i < 100'000; ++i) deep += std::string("\0\1x\3", 4);
  expect("deep metadata is left out", chunks({18, 5, 1, 0, deep}) + chunks({18, 5, 1, 0, name + "\5"}),
         "18@0/1#5=" + name.substr(0, 5) + ":14 ");
  expect("AMF3 in a command is left out", chunks({20, 3, 0, 0, name + "\x11\x0a\x0b\1"}), "");
  std::string pings;
  for (int i = 0; i < 2000; ++i) pings += chunks({4, 2, 0, 0, std::string(6, 0)});
  check("pings", read(pings, 1000).refused.find("control messages") != std::string::npos);
}

int main() {
  players();
  publishers();
  either();
  scripts();
  messages();
  if (failures == 0) std::printf("floods: all well\n");
  return failures != 0;
}
