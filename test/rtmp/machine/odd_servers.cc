#include "check.h"
#include "rtmp/protocol/address.h"
#include "rtmp/protocol/hashes.h"

namespace test {

namespace {

using amf::Value;
using Says = std::function<void(OddServer&, const std::string&, double, const std::vector<Value>&)>;

/** Runs a client against a server, and says what became of it. */
std::vector<Event> run(Role role, Says says, std::optional<Refusal>* closed = nullptr, ClientOptions* given = nullptr) {
  Client client(given ? *given : options_for(role), 0);
  OddServer server;
  server.says = std::move(says);
  std::vector<Event> events;
  talk(client, server, &events, nullptr);
  if (closed) *closed = client.closed();
  return events;
}

std::string outcome(const std::vector<Event>& events) {
  if (!error_of(events).empty()) return error_of(events);
  if (const auto* it = find<Refused>(events)) return code_of(it->refusal.kind);
  if (find<LoginWanted>(events)) return "login";
  if (const auto* it = find<Redirected>(events)) return it->url;
  if (const auto* it = find<Started>(events)) return it->told ? "started" : "assumed";
  return "waits";
}

/** What a server answers to one command; all else as usual. */
Says instead_of(const std::string& command, std::function<void(OddServer&, double)> answer) {
  return [=](OddServer& server, const std::string& name, double transaction, const auto&) {
    if (name == command)
      answer(server, transaction);
    else
      server.as_usual(name, transaction);
  };
}

std::string after(Role role, const std::string& command, std::function<void(OddServer&, double)> answer) {
  return outcome(run(role, instead_of(command, std::move(answer))));
}

void who_says_no() {
  const auto status = [](Role role, const char* code, const char* level, const char* description) {
    return after(role, role == Role::publish ? "publish" : "play",
                 [=](OddServer& it, double) { it.status(1, code, level, description); });
  };
  const auto publish = [&](const char* code, const char* description = "", const char* level = "error") {
    return status(Role::publish, code, level, description);
  };
  same(publish("NetStream.Publish.BadName", "Stream already publishing"), "ERR_NAME_IN_USE", "in use");
  same(publish("NetStream.Publish.BadName", "Invalid stream key"), "ERR_PUBLISH_REJECTED", "a wrong key");
  same(publish("NetStream.Publish.BadName", "", "status"), "ERR_NAME_IN_USE", "in use, of level status");
  same(publish("NetStream.Publish.Denied"), "ERR_PUBLISH_REJECTED", "denied");
  same(publish("NetStream.Publish.Rejected"), "ERR_PUBLISH_REJECTED", "rejected");
  same(publish("NetStream.Publish.Unauthorized"), "ERR_PUBLISH_REJECTED", "unauthorized");
  same(publish("NetStream.Failed", "internal"), "ERR_PUBLISH_REJECTED", "failed");
  same(publish("NetConnection.Connect.Closed", "", "status"), "ERR_CONNECT_REJECTED", "closed, of level status");
  same(publish("NetStream.Publish.Start", "", "error"), "ERR_PUBLISH_REJECTED", "a start that is an error");
  same(publish("NetStream.Record.Start", "", "status"), "waits", "a harmless status");
  same(status(Role::play, "NetStream.Play.StreamNotFound", "error", ""), "ERR_PLAY_REJECTED", "not found");
  same(status(Role::play, "NetStream.Play.Failed", "error", ""), "ERR_PLAY_REJECTED", "failed");
  same(status(Role::play, "NetStream.Play.InsufficientBW", "warning", ""), "waits", "a warning");

  const auto rejected = [&](const char* code, const char* description, bool as_result = false) {
    return after(Role::publish, "connect", [=](OddServer& it, double transaction) {
      if (as_result)
        it.result(transaction, Value::object(), OddServer::information(code, "error", description));
      else
        it.error(transaction, OddServer::information(code, "error", description));
    });
  };
  same(rejected("NetConnection.Connect.InvalidApp", "no such application"), "ERR_CONNECT_REJECTED", "no application");
  same(rejected("NetConnection.Connect.Rejected", "License limit", true), "ERR_CONNECT_REJECTED", "as _result");
  same(rejected("NetConnection.Connect.Rejected", "authmod=adobe :need auth"), "ERR_AUTHENTICATION", "a login");
  same(after(Role::publish, "connect", [](OddServer& it, double) { it.error(0, Value("no")); }), "ERR_CONNECT_REJECTED",
       "an error that is a text, of another transaction");
  for (const char* const command : {"createStream", "publish"}) {
    same(after(Role::publish, command,
               [](OddServer& it, double transaction) {
                 it.error(transaction, OddServer::information("NetConnection.Call.Failed", "error", "limit"));
               }),
         "ERR_PUBLISH_REJECTED", std::string("an error to ") + command);
  }
  same(after(Role::publish, "publish", [](OddServer& it, double) { it.error(0, OddServer::information("?")); }),
       "ERR_PUBLISH_REJECTED", "an error to publish without its transaction");
  same(after(Role::publish, "FCPublish",
             [](OddServer& it, double) {
               it.send_command(
                   0, {"onFCPublish", 0, Value::null(), OddServer::information("NetStream.Publish.BadName", "error")});
             }),
       "ERR_NAME_IN_USE", "an answer to FCPublish");

  // Its words are kept, and cut.
  const auto events =
      run(Role::publish, instead_of("publish", [](OddServer& it, double) {
            it.status(1, "NetStream.Publish.Denied", "error", ("line\nline " + std::string(10'000, 'x')).c_str());
          }));
  const auto* refused = find<Refused>(events);
  check(refused && refused->refusal.server_code == "NetStream.Publish.Denied" &&
            refused->refusal.description.starts_with("line\nline xx") && refused->refusal.description.size() == 9000 &&
            refused->refusal.phase == Phase::start && !refused->refusal.silent,
        "a server's words");
}

void silence() {
  const auto closed_at = [](Role role, const std::string& command) {
    std::optional<Refusal> closed;
    run(role, instead_of(command, [](OddServer&, double) {}), &closed);
    return closed ? std::string(code_of(closed->kind)) + (closed->silent ? "" : " told") : "over";
  };
  same(closed_at(Role::publish, "connect"), "ERR_CONNECT_REJECTED", "closed at connect");
  same(closed_at(Role::publish, "createStream"), "ERR_PUBLISH_REJECTED", "closed at createStream");
  same(closed_at(Role::publish, "publish"), "ERR_PUBLISH_REJECTED", "closed at publish");
  same(closed_at(Role::play, "createStream"), "ERR_CONNECTION_LOST", "closed at createStream, played");
  same(closed_at(Role::play, "play"), "ERR_PLAY_REJECTED", "closed at play");
  same(closed_at(Role::publish, "releaseStream"), "ERR_CONNECTION_LOST", "closed when live");
  std::optional<Refusal> closed;
  run(
      Role::publish,
      [](OddServer& it, const std::string& name, double transaction, const auto&) {
        if (name == "releaseStream")
          return it.error(transaction, OddServer::information("NetStream.Publish.Denied", "error", "no"));
        if (name != "publish") it.as_usual(name, transaction);
      },
      &closed);
  check(closed && closed->description == "no" && !closed->silent, "why it was closed");
  same(after(Role::publish, "publish", [](OddServer& it, double) { it.send_command(0, {"close", 0}); }),
       "ERR_PUBLISH_REJECTED", "a server that says close");
}

void odd_and_right() {
  for (const uint32_t stream : {0u, 1u, 3u}) {
    same(after(Role::publish, "publish", [=](OddServer& it, double) { it.status(stream, "NetStream.Publish.Start"); }),
         "started", "a status on stream " + std::to_string(stream));
    same(after(Role::play, "play", [=](OddServer& it, double) { it.status(stream, "NetStream.Play.Start"); }),
         "started", "played, on stream " + std::to_string(stream));
  }
  same(after(Role::play, "play",
             [](OddServer& it, double) {
               it.send_media(MediaKind::video, 0, 0, {}, Payload::of(Buffer{0x17, 0, 0, 0, 0}));
             }),
       "assumed", "media and no status");
  same(after(Role::publish, "publish",
             [](OddServer& it, double transaction) { it.result(transaction, Value::null(), Value::null()); }),
       "started", "a result and no status");
  same(after(Role::publish, "createStream",
             [](OddServer& it, double transaction) { it.send_command(0, {"_result", transaction, Value::null()}); }),
       "started", "a result without a number");
  same(after(Role::publish, "connect",
             [](OddServer& it, double transaction) {
               it.send_command(0, {"onBWDone", 0, 8192});
               it.send_command(0, {"_result", transaction});
             }),
       "started", "a result without anything");
  same(after(Role::publish, "publish",
             [](OddServer& it, double) {
               it.status(1, "NetStream.Publish.Idle");
               it.send_command(0, {"onFCPublish", 0, Value::null(), OddServer::information("NetStream.Publish.Start")});
             }),
       "waits", "a start that is none");
  // AMF3, with and without the 0 byte.
  for (const bool zero : {true, false}) {
    same(after(Role::play, "play",
               [=](OddServer& it, double) {
                 Buffer body =
                     amf::write_amf0({"onStatus", 0, Value::null(), OddServer::information("NetStream.Play.Start")});
                 if (zero) body.insert(body.begin(), 0);
                 it.send_message({MessageType::command_amf3, 3, 1, 0, Payload::of(body)});
               }),
         "started", "an AMF3 status");
  }
  const auto events =
      run(Role::play, instead_of("play", [](OddServer& it, double) {
            it.status(1, "NetStream.Play.Reset");
            it.status(1, "NetStream.Play.Start");
            for (const int type : {7, 10, 16, 19, 23, 99, 0, 255})
              it.send_message({static_cast<MessageType>(type), 9, 1, 0, Payload::of(text("what is this"))});
            it.send_user_control(static_cast<UserControl>(26), 1);
            it.send_message({MessageType::user_control, 2, 0, 0, Payload::of({0, 26, 0})});
            it.send_command(1, {"onFI", 0, 5});
            it.send_message({MessageType::command, 3, 0, 0, Payload::of(Buffer{})});
            it.send_message({MessageType::command, 3, 0, 0, Payload::of(Buffer{5, 5})});
            it.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(10, 1)));
          }));
  check(count<MediaMessage>(events) == 1 && find<Called>(events)->name == "onFI" && error_of(events).empty(),
        "what nobody knows is harmless");
}

void bandwidth_checks() {
  Client client(options_for(Role::publish), 0);
  OddServer server;
  server.says = [](OddServer& it, const std::string& name, double transaction, const auto&) {
    for (int i = 0; name == "connect" && i < 3; ++i) it.send_command(0, {"onBWDone", 0});
    if (name == "connect") it.send_command(0, {"_onbwcheck", 9, Value::null()});
    it.as_usual(name, transaction);
  };
  talk(client, server, nullptr, nullptr);
  std::string heard;
  for (const std::string& name : server.heard) heard += name + " ";
  same(heard, "connect _checkbw _result releaseStream FCPublish createStream publish ", "what a server hears");
}

void publisher_gone_and_back() {
  const auto events =
      run(Role::play, instead_of("play", [](OddServer& it, double) {
            it.send_user_control(UserControl::stream_begin, 1);
            it.status(1, "NetStream.Play.Start");
            const auto picture = [&] { it.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(10, 1))); };
            picture();
            it.send_user_control(UserControl::stream_eof, 1);
            it.status(1, "NetStream.Play.UnpublishNotify");
            it.send_user_control(UserControl::stream_dry, 1);
            picture();
            it.status(1, "NetStream.Play.UnpublishNotify");
            it.status(1, "NetStream.Play.PublishNotify");
            it.status(1, "NetStream.Play.Stop");
            it.status(1, "NetStream.Play.Start");
            Buffer over = amf::write_amf0({"onPlayStatus", OddServer::information("NetStream.Play.Complete")});
            it.send_media(MediaKind::data, 1, 0, {}, Payload::of(over));
            it.status(1, "NetStream.Play.StreamNotFound", "error");
          }));
  std::string order;
  for (const Event& event : events) {
    if (std::get_if<PublisherGone>(&event)) order += "gone ";
    if (std::get_if<PublisherBack>(&event)) order += "back ";
    if (std::get_if<Started>(&event)) order += "started ";
    if (std::get_if<Ended>(&event)) order += "ended ";
    if (const auto* it = std::get_if<Refused>(&event)) order += code_of(it->refusal.kind);
  }
  same(order, "started gone back gone back ended back ended ERR_PLAY_REJECTED", "a publisher who comes and goes");
}

void aggregates() {
  const auto tag = [](uint8_t type, uint32_t time, size_t size) {
    return Buffer{type} + number(static_cast<uint32_t>(size), 3) + number(time & 0xffffff, 3) +
           Buffer{static_cast<uint8_t>(time >> 24), 0, 0, 0} + Buffer(size, 7) +
           number(static_cast<uint32_t>(size + 11), 4);
  };
  Buffer body =
      tag(9, 0x01000010, 20) + tag(8, 0x01000020, 5) + tag(20, 0, 3) + tag(18, 0x01000015, 4) + tag(8, 0x01000008, 0);
  body.resize(body.size() - 4);
  body = body + Buffer{9, 0, 1, 0};
  const auto events = run(Role::play, instead_of("play", [&](OddServer& it, double) {
                            it.send_message({MessageType::aggregate, 6, 1, 1000, Payload::of(body)});
                          }));
  std::string got;
  for (const Event& event : events) {
    if (const auto* it = std::get_if<MediaMessage>(&event))
      got += std::to_string(static_cast<int>(it->kind)) + "@" + std::to_string(it->timestamp_ms) + ":" +
             std::to_string(it->payload.bytes.size()) + " ";
  }
  same(got, "1@1000:20 0@1016:5 2@1005:4 0@992:0 ", "the tags of an aggregate");
  same(outcome(events), "assumed", "which is media");
}

void moved() {
  const auto redirected = [](Value ex) {
    return after(Role::play, "connect", [=](OddServer& it, double transaction) {
      it.error(transaction, OddServer::information("NetConnection.Connect.Rejected", "error").add("ex", ex));
    });
  };
  same(redirected(Value::object().add("code", 302).add("redirect", "rtmp://other:1936/live")), "rtmp://other:1936/live",
       "a redirect");
  same(redirected(Value::object().add("code", 404).add("redirect", "rtmp://other/live")), "ERR_CONNECT_REJECTED",
       "another code");
  const auto request = [](Value information) {
    const auto events = run(Role::publish, instead_of("publish", [=](OddServer& it, double) {
                              it.status(1, "NetStream.Publish.Start");
                              it.send_command(0, {"onStatus", 0, Value::null(), information});
                            }));
    const auto* it = find<ReconnectRequested>(events);
    return it ? it->tc_url + (find<Refused>(events) ? " refused" : "") : "none";
  };
  const auto information = [] { return OddServer::information("NetConnection.Connect.ReconnectRequest"); };
  same(request(information()), "rtmp://127.0.0.1/live", "a request to reconnect");
  same(request(information().add("tcUrl", "rtmps://b/c")), "rtmps://b/c", "to another place");
  same(request(information().add("tcUrl", "/other")), "rtmp://127.0.0.1/other", "to another application");
  const char* const base = "rtmp://h:1/a/b?c=d/e";
  same(resolve_address(base, ""), base, "nothing");
  same(resolve_address(base, "//i/x"), "rtmp://i/x", "another host");
  same(resolve_address(base, "/x?y=z"), "rtmp://h:1/x?y=z", "another path");
  same(resolve_address(base, "x"), "rtmp://h:1/a/x", "another end");
  same(resolve_address(base, "?x"), "rtmp://h:1/a/b?x", "another query");
  same(resolve_address("rtmp://h", "x"), "rtmp://h/x", "an end where there was no path");
  same(resolve_address("rtmp://h", "x?u=rtmp://y"), "rtmp://h/x?u=rtmp://y", "an address in a query");
}

std::string base64_md5(const std::string& it) {
  const Md5 hash = md5(it);
  return base64_of(hash);
}

/** One login, as often as the server asks; what it ends with. */
std::string login(const std::string& mode, const std::string& user, const std::string& password, bool opaque,
                  const std::string& right, const std::string& app = "live") {
  ClientOptions options = options_for(Role::publish);
  options.app = app;
  options.credentials = {user, password};
  for (int round = 0; round < 5; ++round) {
    std::string got;
    const auto events = run(
        Role::publish,
        [&](OddServer& it, const std::string& name, double transaction, const auto& arguments) {
          if (name != "connect") return it.as_usual(name, transaction);
          const std::string heard(arguments.at(0).text_of("app"));
          const size_t at = heard.find("authmod=");
          const auto value = [&](const std::string& key) {
            const size_t from = heard.find("&" + key + "=");
            if (from == std::string::npos) return std::string();
            const size_t begin = from + key.size() + 2;
            return heard.substr(begin, heard.find('&', begin) - begin);
          };
          const auto no = [&](const std::string& words) {
            it.error(transaction, OddServer::information("NetConnection.Connect.Rejected", "error", words.c_str()));
          };
          const std::string head = "[ AccessManager.Reject ] : [ authmod=" + mode + " ] : ";
          if (at == std::string::npos)
            return no("[ AccessManager.Reject ] : [ code=403 need auth; authmod=" + mode + " ] : ");
          if (value("user") != user) return no(head + "?reason=nosuchuser&opaque=xyz");
          const std::string response = value("response");
          if (response.empty()) {
            if (mode == "llnw") return no(head + "?reason=needauth&user=" + user + "&nonce=abcd1234");
            return no(head + "?reason=needauth&user=" + user +
                      "&salt=PJuw1w==&challenge=6fruuQ==" + (opaque ? "&opaque=vgoAAA==" : ""));
          }
          std::string wanted;
          if (mode == "adobe") {
            wanted = base64_md5(base64_md5(user + "PJuw1w==" + right) + (opaque ? "vgoAAA==" : "6fruuQ==") +
                                value("challenge"));
          } else {
            const std::string place =
                app.find('/') == std::string::npos ? "/live/_definst_" : "/" + app.substr(0, app.find('?'));
            wanted = hex_of(md5(hex_of(md5(user + ":live:" + right)) + ":abcd1234:00000001:" + value("cnonce") +
                                ":auth:" + hex_of(md5("publish:" + place))));
          }
          if (response != wanted) return no(head + "?reason=authfailed&opaque=vgoAAA==");
          it.as_usual(name, transaction);
        },
        nullptr, &options);
    const auto* again = find<LoginWanted>(events);
    if (!again) return outcome(events);
    options.login_query = again->query;
  }
  return "asked for ever";
}

void logins() {
  for (const bool opaque : {true, false}) {
    same(login("adobe", "zang", "123456", opaque, "123456"), "started", "a login of Adobe's");
    same(login("adobe", "zang", "wrong", opaque, "123456"), "ERR_AUTHENTICATION", "a wrong password");
  }
  same(login("adobe", "anna@tv", "a%b&c=d+e", true, "a%b&c=d+e"), "started", "odd names");
  same(login("adobe", "zang", "123456", true, "123456", "live?vhost=x"), "started", "an application with a query");
  same(login("llnw", "zang", "123456", true, "123456"), "started", "a login of Limelight's");
  same(login("llnw", "zang", "123456", true, "123456", "live/x?y"), "started", "an application of two parts");
  same(login("llnw", "zang", "wrong", true, "123456"), "ERR_AUTHENTICATION", "a wrong password there");
  same(login("adobe", "", "", true, ""), "ERR_AUTHENTICATION", "no name");
  same(next_login("authmod=adobe : ?reason=needauth&salt=s&challenge=c", "live", {"u", "p"}, "authmod=adobe&response=x",
                  1)
           .query,
       "", "an answer that is asked for again");
}

}  // namespace

void odd_servers() {
  who_says_no();
  silence();
  odd_and_right();
  bandwidth_checks();
  publisher_gone_and_back();
  aggregates();
  moved();
  logins();
}

}  // namespace test
