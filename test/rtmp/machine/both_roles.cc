#include "check.h"
#include "rtmp/protocol/script_data.h"

namespace test {

namespace {

/** A server that accepts everything as soon as it is asked. */
struct Host {
  Server server;
  std::vector<Event> events;
  explicit Host(ServerOptions options = {}) : server(std::move(options), 0) {}

  void hear(Bytes bytes, size_t piece) {
    while (!bytes.empty()) {
      Bytes part = bytes.first(std::min(piece, bytes.size()));
      bytes = bytes.subspan(part.size());
      while (auto event = server.take(part, 0)) {
        if (std::get_if<ConnectRequested>(&*event)) server.accept_connect();
        if (const auto* it = std::get_if<PublishRequested>(&*event)) server.accept_publish(it->stream);
        if (const auto* it = std::get_if<PlayRequested>(&*event)) server.accept_play(it->stream);
        events.push_back(std::move(*event));
      }
    }
  }
};

void settle(Client& client, Host& host, std::vector<Event>* events, size_t piece = SIZE_MAX) {
  while (!client.out().empty() || !host.server.out().empty()) {
    host.hear(drain(client.out()), piece);
    for (Event& event : feed(client, drain(host.server.out()), piece)) events->push_back(std::move(event));
  }
}

std::string shown(const MediaMessage& it) {
  static const char* const kinds[] = {"a", "v", "d"};
  return kinds[static_cast<size_t>(it.kind)] + std::to_string(it.timestamp_ms) + ":" +
         std::to_string(it.payload.bytes.size()) + " ";
}

std::string media_of(const std::vector<Event>& events) {
  std::string out;
  for (const Event& event : events) {
    if (const auto* message = std::get_if<MediaMessage>(&event)) out += shown(*message);
  }
  return out;
}

Payload payload(size_t size) { return Payload::of(Buffer(size, 0xaa)); }

/** Picture and sound, each in its own order; sizes around those of chunks. */
template <class Send>
void send_stream(Send send) {
  const Buffer head{0x17, 1, 0, 0, 0};
  send(MediaKind::data, 0, Buffer{}, payload(50));
  for (int i = 0; i < 12; ++i) {
    send(MediaKind::video, 40 * i, head, payload(static_cast<size_t>(4080 + i)));
    send(MediaKind::audio, 40 * i - 5, Buffer{0xaf, 1}, payload(200));
    send(MediaKind::audio, 40 * i + 16, Buffer{}, payload(0));
  }
}
const char* const sent = "d0:50 v0:4085 ";

void published_and_played() {
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{11}, size_t{127}, size_t{4096}, SIZE_MAX}) {
    for (const Role role : {Role::publish, Role::play}) {
      Client client(options_for(role), 0);
      Host host;
      std::vector<Event> events;
      settle(client, host, &events, piece);
      const auto* connect = find<ConnectRequested>(host.events);
      check(connect && connect->app == "live" && connect->tc_url == "rtmp://127.0.0.1/live", "connect");
      check(find<Connected>(events) && find<Started>(events) && find<Started>(events)->told, "started");
      same(client.stream(), 1u, "stream");
      std::string got;
      if (role == Role::publish) {
        const auto* publish = find<PublishRequested>(host.events);
        check(publish && publish->name == "cam" && publish->type == "live", "publish");
        check(client.may_send(), "a publisher may send");
        send_stream([&](MediaKind kind, int64_t time, const Buffer& head, Payload body) {
          check(client.send(kind, time, head, std::move(body)), "sent");
        });
        settle(client, host, &events, piece);
        got = media_of(host.events);
        client.finish(0);
        settle(client, host, &events, piece);
        same(count<StreamClosed>(host.events), 1u, "streams that were closed");
      } else {
        check(find<PlayRequested>(host.events) && find<PlayRequested>(host.events)->name == "cam", "play");
        check(client.phase() == Phase::first_media, "waits for media");
        send_stream([&](MediaKind kind, int64_t time, const Buffer& head, Payload body) {
          host.server.send_media(kind, 1, time, head, std::move(body));
        });
        settle(client, host, &events, piece);
        got = media_of(events);
        got.erase(0, got.find(' ') + 1);  // |RtmpSampleAccess
        check(client.phase() == Phase::live, "live");
      }
      check(got.starts_with(sent), "media in order: " + got.substr(0, 40));
      // The sound before zero is before it, too.
      check(got.find("a-5:202 a16:0 v40:4086 a35:202") != std::string::npos, "times go on: " + got);
      same(client.open_bytes() + host.server.open_bytes(), 0u, "what is open");
    }
  }
}

void capabilities_are_told() {
  ClientOptions options = options_for(Role::play);
  options.capabilities = {{"hvc1", "av01", "Opus"}, {{"*", can_decode}}, {{"mp4a", can_decode | can_forward}}, 15, 0};
  options.properties = {{"objectEncoding", 0}};
  options.arguments = {amf::Value("token")};
  ServerOptions of_server;
  of_server.capabilities = {{"*"}, {}, {}, caps_reconnect, 0};
  Client client(options, 0);
  Host host(of_server);
  std::vector<Event> events;
  settle(client, host, &events);
  const auto* connect = find<ConnectRequested>(host.events);
  check(connect && connect->client.four_ccs.size() == 3 && connect->client.four_ccs[1] == "av01", "FourCCs");
  check(connect && connect->client.video.size() == 1 && connect->client.audio[0].second == 5, "maps");
  check(connect && connect->client.caps_ex == 15 && connect->object.find("objectEncoding"), "more");
  check(connect && connect->arguments.size() == 1 && connect->arguments[0].text == "token", "arguments");
  const auto* connected = find<Connected>(events);
  check(connected && connected->server.caps_ex == caps_reconnect && connected->server.four_ccs[0] == "*",
        "the server's");
}

void times_wrap() {
  Client client(options_for(Role::play), 0);
  Host host;
  std::vector<Event> events;
  settle(client, host, &events);
  events.clear();
  const int64_t day_50 = int64_t{1} << 32;
  for (const int64_t time : {day_50 - 20, day_50 + 20}) {
    host.server.send_media(MediaKind::video, 1, time, {}, payload(10));
    host.server.send_media(MediaKind::data, 1, 0, {}, payload(10));
    host.server.send_media(MediaKind::audio, 1, time - 30, {}, payload(10));
  }
  settle(client, host, &events);
  same(media_of(events), "v4294967276:10 d4294967296:10 a4294967246:10 v4294967316:10 d4294967296:10 a4294967286:10 ",
       "times beyond 32 bits");
}

/** What a player gets of these messages, each with a time in ms. */
struct Timed {
  MediaKind kind;
  int64_t time_ms;
  Buffer body;
};
std::string times_of(const std::vector<Timed>& messages) {
  Client client(options_for(Role::play), 0);
  Host host;
  std::vector<Event> events;
  settle(client, host, &events);
  events.clear();
  for (const Timed& it : messages) host.server.send_media(it.kind, 1, it.time_ms, {}, Payload::of(it.body));
  settle(client, host, &events);
  std::string out;
  for (const Event& event : events) {
    const auto* it = std::get_if<MediaMessage>(&event);
    if (it && it->payload.bytes.size() > 6) out += std::to_string(it->timestamp_ms) + " ";
  }
  return out;
}

void times_of_weeks() {
  const Buffer picture{0x17, 1, 0, 0, 0, 1, 2, 3}, sound{0xaf, 1, 1, 2, 3, 4, 5};
  const Buffer configuration{0x17, 0, 0, 0, 0, 1}, sound_configuration{0xaf, 0, 0x12, 0x10};
  const int64_t day = 86'400'000, late = 30 * day;
  const auto video = [&](int64_t time) { return Timed{MediaKind::video, time, picture}; };
  const auto audio = [&](int64_t time) { return Timed{MediaKind::audio, time, sound}; };
  const std::vector<Timed> headers{{MediaKind::data, 0, {2, 0, 1, 'x'}},
                                   {MediaKind::video, 0, configuration},
                                   {MediaKind::audio, 0, sound_configuration},
                                   {MediaKind::audio, 0, {}},
                                   {MediaKind::video, 0, {0x17, 2, 0, 0, 0}}};
  const auto behind = [](std::vector<Timed> one, const std::vector<Timed>& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
  };
  same(times_of(behind(headers, {video(late), audio(late + 5), video(late + 40)})), "2592000000 2592000005 2592000040 ",
       "times of a stream that is up for 30 days");
  // The configuration comes again, with the time 0.
  same(times_of(behind(behind(headers, {video(late)}), behind(headers, {video(late + 40), audio(late + 21)}))),
       "2592000000 2592000040 2592000021 ", "with headers within it");
  same(times_of({video(0), video(late), video(late + 40)}), "0 2592000000 2592000040 ", "behind a picture at 0");
  same(times_of({audio(0), video(late), audio(20), video(late + 40), audio(40)}), "0 2592000000 20 2592000040 40 ",
       "sound and pictures that are weeks apart");
  same(times_of({video(0), audio(-23), video(40), audio(0)}), "0 -23 40 0 ", "a little before the first");
}

void acknowledgements_and_pings() {
  Client client(options_for(Role::play), 0);
  Host host;
  std::vector<Event> events;
  settle(client, host, &events);
  host.server.send_message({MessageType::window_size, 2, 0, 0, Payload::of(number(10'000, 4))});
  settle(client, host, &events);
  const uint64_t before = client.received_bytes();
  for (int i = 0; i < 100; ++i) host.server.send_media(MediaKind::video, 1, i, {}, payload(1000));
  const Buffer bytes = drain(host.server.out());
  // What comes back, told by its size: an acknowledgement has 16 bytes, or less header.
  size_t answers = 0;
  uint64_t said = host.server.acknowledged_bytes();
  for (const uint8_t& byte : bytes) {
    feed(client, Bytes(&byte, 1), 1);
    if (client.out().empty()) continue;
    ++answers;
    host.hear(drain(client.out()), SIZE_MAX);
    const uint64_t now = host.server.acknowledged_bytes();
    check(now >= said + 10'000 && now < said + 10'000 + before + 100, "a window later: " + std::to_string(now - said));
    said = now;
  }
  // The first window began with the connection.
  check(answers == bytes.size() / 10'000 || answers == (bytes.size() + before) / 10'000, "once a window");
  for (int i = 0; i < 3; ++i) host.server.send_user_control(UserControl::ping_request, 1234);
  feed(client, drain(host.server.out()));
  same(client.pings(), 3u, "pings");
  const Buffer pongs = drain(client.out());
  ChunkReader reader({});
  reader.set_chunk_size(4096);
  Bytes rest = pongs;
  size_t count = 0;
  // The header's type 3 of ours refers to what came before: so look at the content.
  for (size_t at = 0; at + 6 <= pongs.size(); ++at) {
    const Buffer pong{0, 7, 0, 0, 4, 0xd2};
    count += std::equal(pong.begin(), pong.end(), pongs.begin() + static_cast<ptrdiff_t>(at));
  }
  same(count, 3u, "answers to pings");
  // An answer to another bandwidth comes once.
  for (int i = 0; i < 3; ++i)
    host.server.send_message({MessageType::peer_bandwidth, 2, 0, 0, Payload::of(number(77'777, 4) + Buffer{2})});
  feed(client, drain(host.server.out()));
  check(client.out().size() <= 20, "a window is told once");
}

void script_data() {
  const auto read = [](const Buffer& bytes, bool amf3 = false) {
    const ScriptData data = read_script_data({MediaKind::data, 1, 0, Payload::of(bytes), amf3});
    return data.name + " " + std::to_string(data.values.size()) + (data.wrong ? std::string(" ") + data.wrong : "");
  };
  const amf::Value metadata = amf::Value::ecma_array().add("width", 1920);
  same(read(buffer_of(write_script_data({set_data_frame, "onMetaData", metadata}).bytes)), "onMetaData 1", "metadata");
  same(read(buffer_of(write_script_data({"onCuePoint", metadata, 1}).bytes)), "onCuePoint 2", "a cue point");
  same(read({0, 1}), " 1 ends within a value", "nothing that can be read");
  same(read({}), " 0", "nothing");
  same(read({6, 3, 'x', 4, 1}, true), "x 1", "AMF3");
}

void one_event_at_a_time() {
  Client client(options_for(Role::play), 0);
  Host host;
  std::vector<Event> events;
  settle(client, host, &events);
  for (int i = 0; i < 3; ++i) host.server.send_media(MediaKind::video, 1, i, {}, payload(10));
  const Buffer bytes = drain(host.server.out());
  Bytes rest = bytes;
  const auto first = client.take(rest, 0);
  check(first && std::holds_alternative<MediaMessage>(*first) && !rest.empty(), "what is behind an event stays");
  // The owner may keep it as long as it likes.
  const Buffer kept = buffer_of(rest);
  same(count<MediaMessage>(feed(client, kept)), 2u, "the rest");
}

void phases() {
  ClientOptions options = options_for(Role::play);
  Client client(options, 1000);
  check(client.phase() == Phase::handshake && client.phase_since_us() == 1000, "handshake");
  OddServer server;
  server.says = [](OddServer& it, const std::string& name, double transaction, const auto&) {
    if (name == "connect") it.as_usual(name, transaction);
  };
  feed(server, drain(client.out()));
  feed(client, drain(server.out()), SIZE_MAX, 2000);
  check(client.phase() == Phase::connect && client.phase_since_us() == 2000, "connect");
  same(std::string(code_of(client.closed()->kind)), "ERR_CONNECT_REJECTED", "closed then");
  talk(client, server, nullptr, nullptr, SIZE_MAX, 3000);
  check(client.phase() == Phase::create_stream && client.phase_since_us() == 3000, "create stream");
  same(std::string(code_of(client.expired().kind)), "ERR_CONNECT_TIMEOUT", "late then");
  server.as_usual("createStream", 2);
  talk(client, server, nullptr, nullptr, SIZE_MAX, 4000);
  check(client.phase() == Phase::start, "start");
  client.assume_started(5000);
  check(client.phase() == Phase::first_media && client.phase_since_us() == 5000, "first media");
}

}  // namespace

void both_roles() {
  published_and_played();
  capabilities_are_told();
  times_wrap();
  times_of_weeks();
  acknowledgements_and_pings();
  one_event_at_a_time();
  script_data();
  phases();
}

}  // namespace test
