#include "check.h"

namespace test {

namespace {

Buffer begun(uint8_t basic, uint32_t size, uint8_t type) {
  return Buffer{basic} + number(0, 3) + number(size, 3) + Buffer{type, 0, 0, 0, 0};
}

/** A player that is live, and what its server sends from then on. */
struct Player {
  Client client;
  OddServer server;
  explicit Player(ClientOptions options = options_for(Role::play)) : client(std::move(options), 0) {
    talk(client, server, nullptr, nullptr);
    server.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(1000, 1)));
    talk(client, server, nullptr, nullptr);
    check(client.phase() == Phase::live, "live");
  }
  std::vector<Event> media(size_t count) {
    for (size_t i = 0; i < count; ++i) server.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(1000, 0x2f)));
    return feed(client, drain(server.out()));
  }
  std::string hears(const Buffer& bytes, int64_t now_us = 0) { return error_of(feed(client, bytes, 1000, now_us)); }
};

std::string raw(const Buffer& bytes) { return Player().hears(bytes); }

void chunks_of_strangers() {
  same(raw({0xc9}), "the server sends a chunk that continues none before it", "type 3 first");
  Buffer many;
  for (uint8_t id = 2; id < 63; ++id) many = many + begun(id, 0, 9);
  check(raw(many).empty(), "61 chunk streams");
  for (uint8_t id = 0; id < 20; ++id) many = many + Buffer{0} + Buffer{id} + Buffer(11, 0);
  same(raw(many), "the server sends more chunk streams than a connection needs", "81");
  for (const uint32_t size : {0u, 0x80000000u})
    check(raw(begun(2, 4, 1) + number(size, 4)).starts_with("the server sets a chunk size of"), "a chunk size");
  // Three messages of 6 MiB at once.
  Buffer open;
  for (const uint8_t id : {10, 11, 12}) open = open + begun(id, 6 << 20, 9) + Buffer(128, 0);
  same(raw(open), "the server sends a message of 6291456 bytes, where 12582912 of 16777216 bytes are taken", "memory");
  Buffer in_turn;
  for (int i = 0; i < 10; ++i) in_turn = in_turn + begun(10, 6 << 20, 9) + Buffer(128, 0);
  check(raw(in_turn).empty(), "messages that are given up cost nothing");
  ClientOptions small = options_for(Role::play);
  small.bounds.bytes = 2000;
  same(Player(small).hears(begun(10, 2001, 9)),
       "the server sends a message of 2001 bytes, where 0 of 2000 bytes are taken", "a bound of one's own");
  ClientOptions one = options_for(Role::play);
  one.bounds.message_bytes = 1000;
  same(Player(one).hears(begun(10, 1001, 9)), "the server sends a message of 1001 bytes; 1000 are taken",
       "of one message");
  check(Player(one).hears(begun(10, 1000, 9)).empty(), "a message as long as is taken");
}

void commands_of_strangers() {
  Buffer deep = amf::write_amf0({"onStatus", 0});
  for (int i = 0; i < 40; ++i) deep = deep + Buffer{3, 0, 1, 'k'};
  Player nested;
  nested.server.send_message({MessageType::command, 3, 0, 0, Payload::of(deep)});
  same(nested.hears(drain(nested.server.out())), "the server sends a command that nests too deeply", "depth");
  Player large;
  large.server.send_message({MessageType::command, 3, 0, 0, Payload::of(Buffer(70'000, 5))});
  same(large.hears(drain(large.server.out())), "the server sends a command of 70000 bytes", "size");
  Player many;
  many.server.send_message({MessageType::command, 3, 0, 0, Payload::of(amf::write_amf0({"x"}) + Buffer(10'000, 5))});
  same(many.hears(drain(many.server.out())), "the server sends a command with too many values", "values");
  Player odd;
  odd.server.send_message({MessageType::command, 3, 0, 0, Payload::of(Buffer{99})});
  same(odd.hears(drain(odd.server.out())), "the server sends a command that a type that AMF0 does not have", "no AMF");
}

/** What ends a stream is short: a long message is not read in the thread of all connections. */
void long_ends() {
  for (const size_t more : {10u, 70'000u}) {
    Player player;
    const Buffer body = amf::write_amf0({"onPlayStatus", OddServer::information("NetStream.Play.Complete")});
    player.server.send_media(MediaKind::data, 1, 0, {}, Payload::of(body + Buffer(more, 5)));
    const std::vector<Event> events = feed(player.client, drain(player.server.out()));
    same(count<Ended>(events), more < 100 ? 1u : 0u, "ends in " + std::to_string(more) + " bytes");
  }
}

template <class Send>
std::string flood(int count, Send send, int64_t step_us = 0) {
  Player player;
  std::string error;
  for (int i = 0; i < count && error.empty(); ++i) {
    send(player.server);
    error = player.hears(drain(player.server.out()), i * step_us);
    drain(player.client.out());
  }
  check(error.empty() || player.client.phase() == Phase::over, "it is over");
  // Nothing more is taken.
  if (!error.empty()) same(feed(player.client, Buffer(5000, 1)).size(), 0u, "events after an error");
  return error;
}

void floods() {
  const auto ping = [](OddServer& it) { it.send_user_control(UserControl::ping_request, 1); };
  same(flood(2000, ping), "the server sends control messages without end", "pings");
  same(flood(2000, ping, 20'000), "", "50 pings a second");
  const auto unknown = [](OddServer& it) {
    it.send_message({static_cast<MessageType>(99), 9, 1, 0, Payload::of(Buffer(10, 1))});
  };
  same(flood(5000, unknown), "", "messages that nobody knows");
  same(flood(12'000, unknown), "the server sends control messages without end", "many of them");
  same(flood(2000,
             [&](OddServer& it) {
               ping(it);
               it.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(256, 1)));
             }),
       "", "a ping for each chunk of a picture");
  same(flood(1000, [](OddServer& it) { it.send_command(0, {"onFI", 0}); }), "the server sends commands without end",
       "commands");
  same(flood(5000, [](OddServer& it) { it.send_media(MediaKind::data, 1, 0, {}, Payload::of(Buffer(10, 1))); }),
       "the server sends data messages without end", "data");
  same(flood(5000, [](OddServer& it) { it.send_media(MediaKind::audio, 1, 0, {}, {}); }),
       "the server sends empty messages without end", "silence");
  same(flood(5000, [](OddServer& it) { it.send_media(MediaKind::audio, 1, 0, {}, {}); }, 20'000), "", "50 a second");
  Player deaf;
  std::string error;
  for (int i = 0; i < 20'000 && error.empty(); ++i) {
    ping(deaf.server);
    error = deaf.hears(drain(deaf.server.out()), i * 20'000);
  }
  same(error, "the server does not read the answers that it asks for", "a server that reads nothing");
  check(deaf.client.out().size() < 80'000, "what waits is bounded");
}

/** A publisher's server has nothing to show, and a player's none before it is asked. */
void media_that_nobody_asked_for() {
  const auto send = [](Role role, const char* silent_at, size_t many, int64_t step_us) {
    Client client(options_for(role), 0);
    OddServer server;
    server.says = [&](OddServer& it, const std::string& name, double transaction, const auto&) {
      if (name != silent_at) it.as_usual(name, transaction);
    };
    talk(client, server, nullptr, nullptr);
    std::vector<Event> all;
    for (size_t i = 0; i < many && error_of(all).empty(); ++i) {
      const auto kind = static_cast<MediaKind>(i % 3);
      server.send_media(kind, 1, 0, {}, Payload::of(Buffer(1000, 0x2f)));
      server.send_message({MessageType::aggregate, 6, 1, 0, Payload::of(Buffer(1000, 0))});
      std::vector<Event> events = feed(client, drain(server.out()), SIZE_MAX, static_cast<int64_t>(i) * step_us);
      all.insert(all.end(), events.begin(), events.end());
    }
    same(count<MediaMessage>(all), 0u, "media that are given");
    return error_of(all);
  };
  const char* const flood = "the server sends media that nobody asked for without end";
  same(send(Role::publish, "", 50, 0), "", "100 kB to a publisher");
  same(send(Role::publish, "", 100, 0), flood, "200 kB to a publisher");
  same(send(Role::publish, "", 300, 600'000), "", "3 kB a second");
  same(send(Role::play, "connect", 100, 0), flood, "to a player before it has asked");
  same(send(Role::play, "createStream", 100, 0), flood, "before it has a stream");
  check(error_of(Player().media(500)).empty(), "to a player that is live");
}

/** Any bytes after a handshake, and any changed ones: they end in events, errors or nothing. */
void any_bytes() {
  Dice dice(4);
  for (int round = 0; round < 150; ++round) {
    Player player;
    Buffer bytes(roll(dice, 3000));
    if (round % 2 == 0) {
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(roll(dice, 255));
    } else {
      for (int i = 0; i < 5; ++i) {
        player.server.status(1, "NetStream.Play.Start");
        player.server.send_media(MediaKind::video, 1, i, {}, Payload::of(Buffer(300, 9)));
      }
      bytes = drain(player.server.out());
      for (int i = 0; i < 5; ++i) bytes[roll(dice, bytes.size() - 1)] = static_cast<uint8_t>(roll(dice, 255));
    }
    feed(player.client, bytes, 1 + roll(dice, 500));
    check(player.client.open_bytes() <= 16 << 20, "memory is bounded");
  }
}

void servers_are_bounded_too() {
  Server server({}, 0);
  Client client(options_for(Role::publish), 0);
  feed(server, drain(client.out()));
  feed(client, drain(server.out()));
  std::vector<Event> events = feed(server, drain(client.out()));
  check(find<ConnectRequested>(events) != nullptr, "asked");
  server.accept_connect();
  drain(server.out());
  for (int i = 0; i < 40; ++i) client.send_command(0, {"createStream", i, amf::Value::null()});
  feed(server, drain(client.out()));
  const Buffer answers = drain(server.out());
  size_t refused = 0;
  const std::string_view text = text_of(answers);
  for (size_t at = text.find("Call.Failed"); at != std::string_view::npos; at = text.find("Call.Failed", at + 1))
    ++refused;
  same(refused, 24u, "streams that are too many");
  client.send_command(7, {"publish", 0, amf::Value::null(), amf::Value::null()});
  client.send_command(77, {"publish", 0, amf::Value::null(), "x", 5});
  events = feed(server, drain(client.out()));
  check(count<PublishRequested>(events) == 1 && find<PublishRequested>(events)->name.empty(), "odd arguments");
  client.send_command(0, {"deleteStream", 0, amf::Value::null(), -1e300});
  client.send_command(0, {"play"});
  check(error_of(feed(server, drain(client.out()))).empty(), "more of them");
}

}  // namespace

void bounds() {
  chunks_of_strangers();
  commands_of_strangers();
  long_ends();
  floods();
  media_that_nobody_asked_for();
  any_bytes();
  servers_are_bounded_too();
}

}  // namespace test
