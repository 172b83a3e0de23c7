// Writes inputs to begin with, each into a file of the folder that is named: what both roles say to each other, values
// and tags of all types.
#include <fstream>
#include <iostream>
#include <string>

#include "fuzz/machine/inputs.h"
#include "rtmp/amf/writer.h"
#include "rtmp/protocol/client.h"
#include "rtmp/protocol/server.h"
#include "rtmp/tags/tag_writer.h"

using namespace rxgst::rtmp;
namespace amf = rxgst::amf;
using amf::Value;
using fuzz::Input;
using Buffer = std::vector<uint8_t>;

namespace {

std::string folder;
int files = 0;

void write(Input input, const Buffer& content, bool with_piece = false) {
  std::ofstream file(folder + "/seed-" + std::to_string(files++), std::ios::binary);
  file.put(static_cast<char>(input));
  if (with_piece) file.put(7);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

Buffer drained(Outbox& out) {
  Buffer all;
  Bytes span[1];
  while (out.gather(span) > 0) {
    all.insert(all.end(), span[0].begin(), span[0].end());
    out.consume(span[0].size());
  }
  return all;
}

void append(Buffer* to, const Buffer& more) { to->insert(to->end(), more.begin(), more.end()); }

/** A message as `Input::player_messages` and its like read it. */
void append_message(Buffer* to, MessageType type, uint8_t stream, const Buffer& body) {
  append(to, {static_cast<uint8_t>(type), stream, static_cast<uint8_t>(body.size()),
              static_cast<uint8_t>(body.size() >> 8 & 3), 40});
  append(to, body);
}

Value words(const char* code, const char* level = "status") {
  return Value::object().add("level", level).add("code", code).add("description", "x");
}

void dialogues() {
  for (const Role role : {Role::play, Role::publish}) {
    ClientOptions options;
    options.role = role;
    options.app = "live";
    options.stream = "cam";
    options.tc_url = "rtmp://h/live";
    options.handshake = HandshakeStyle::plain;
    options.capabilities = {{"hvc1"}, {{"*", 1}}, {{"*", 4}}, 15, 3};
    Client client(options, 0);
    Server server({}, 0);
    Buffer to_server, to_client;
    bool sent = false;
    while (!client.out().empty() || !server.out().empty()) {
      const Buffer up = drained(client.out());
      append(&to_server, up);
      Bytes rest = up;
      while (auto event = server.take(rest, 0)) {
        if (std::get_if<ConnectRequested>(&*event)) server.accept_connect();
        if (const auto* it = std::get_if<PublishRequested>(&*event)) server.accept_publish(it->stream);
        if (const auto* it = std::get_if<PlayRequested>(&*event)) server.accept_play(it->stream);
      }
      if (server.phase() == Phase::live && !sent) {
        sent = true;
        for (int i = 0; i < 4; ++i) {
          server.send_media(MediaKind::video, 1, 0xffffff + 100 * i, {}, Payload::of(Buffer(5000, 1)));
          server.send_media(MediaKind::audio, 1, 0xffffff + 90 * i, {}, Payload::of(Buffer(9, 2)));
        }
        server.send_user_control(UserControl::ping_request, 5);
        server.send_user_control(UserControl::stream_eof, 1);
        server.request_reconnect("/other", "soon");
        server.reject(1, "NetStream.Play.StreamNotFound", "gone");
      }
      const Buffer down = drained(server.out());
      append(&to_client, down);
      rest = down;
      while (client.take(rest, 0)) continue;
    }
    client.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(5000, 1)));
    client.finish(0);
    append(&to_server, drained(client.out()));
    const size_t greeting = 1 + 2 * Handshake::part;
    write(Input::client_from_the_start, to_client, true);
    write(Input::server_from_the_start, to_server, true);
    write(role == Role::play ? Input::player : Input::publisher, {to_client.begin() + greeting, to_client.end()}, true);
    write(Input::server, {to_server.begin() + greeting, to_server.end()}, true);
  }
}

void odd_messages() {
  const auto command = [](std::initializer_list<Value> values) { return amf::write_amf0(values); };
  Buffer start;
  append_message(&start, MessageType::command, 0,
                 command({"_result", 1, Value::object(), words("NetConnection.Connect.Success")}));
  append_message(&start, MessageType::command, 0, command({"_result", 2, Value::null(), 1}));
  append_message(&start, MessageType::command, 0, command({"_result", 4, Value::null(), 1}));
  const auto with = [&](MessageType type, const Buffer& body) {
    for (const Input input : {Input::player_messages, Input::publisher_messages}) {
      Buffer all = start;
      append_message(&all, type, 1, body);
      append_message(&all, MessageType::video, 1, {0x17, 1, 0, 0, 0, 9});
      write(input, all);
    }
  };
  for (const char* const code : {"NetStream.Play.Start", "NetStream.Publish.Start", "NetStream.Publish.BadName",
                                 "NetStream.Play.UnpublishNotify", "NetStream.Play.PublishNotify",
                                 "NetStream.Play.Stop", "NetConnection.Connect.ReconnectRequest"})
    with(MessageType::command, command({"onStatus", 0, Value::null(), words(code).add("tcUrl", "/x")}));
  with(MessageType::command, command({"_error", 5, Value::null(), words("NetConnection.Call.Failed", "error")}));
  with(MessageType::command, command({"onBWDone", 0, 1}));
  with(MessageType::command, command({"_onbwcheck", 3, 1}));
  with(MessageType::command, command({"onFCPublish", 0, Value::null(), words("NetStream.Publish.BadName", "error")}));
  with(MessageType::command, command({"close", 0}));
  with(MessageType::data, command({"onPlayStatus", words("NetStream.Play.Complete")}));
  with(MessageType::data_amf3, {0, 2, 0, 1, 'x'});
  with(MessageType::command_amf3, {6, 3, 'x', 4, 1});
  with(MessageType::user_control, {0, 1, 0, 0, 0, 1});
  with(MessageType::window_size, {0, 0, 0, 100});
  with(MessageType::peer_bandwidth, {0, 0, 0, 100, 2});
  with(MessageType::abort, {0, 0, 0, 6});
  with(MessageType::aggregate,
       {9, 0, 0, 2, 0, 0, 5, 0, 0, 0, 0, 1, 2, 0, 0, 0, 13, 8, 0, 0, 1, 0, 0, 9, 0, 0, 0, 0, 1});
  for (const char* const text :
       {"authmod=adobe", "authmod=adobe ] : ?reason=needauth&user=u&salt=s&challenge=c&opaque=o",
        "authmod=llnw ] : ?reason=needauth&nonce=n"}) {
    Buffer all;
    append_message(&all, MessageType::command, 0,
                   command({"_error", 1, Value::null(),
                            Value::object().add("code", "NetConnection.Connect.Rejected").add("description", text)}));
    write(Input::player_messages, all);
    write(Input::texts, {text, text + std::char_traits<char>::length(text)});
  }
  Buffer moved;
  append_message(&moved, MessageType::command, 0,
                 command({"_error", 1, Value::null(),
                          words("NetConnection.Connect.Rejected", "error")
                              .add("ex", Value::object().add("code", 302).add("redirect", "rtmp://b/c"))}));
  write(Input::player_messages, moved);
  const std::string addresses = "rtmp://h/app?a=b//other/x";
  write(Input::texts, {addresses.begin(), addresses.end()});
  Buffer served;
  append_message(&served, MessageType::command, 0, command({"connect", 1, Value::object().add("app", "live")}));
  append_message(&served, MessageType::command, 0, command({"createStream", 2, Value::null()}));
  append_message(&served, MessageType::command, 1, command({"publish", 3, Value::null(), "cam", "live"}));
  append_message(&served, MessageType::command, 0, command({"FCUnpublish", 4, Value::null(), "cam"}));
  append_message(&served, MessageType::command, 1, command({"play", 3, Value::null(), "cam", -1000}));
  append_message(&served, MessageType::command, 0, command({"deleteStream", 4, Value::null(), 1}));
  write(Input::server_messages, served);
}

void values() {
  Value all = Value::object();
  for (int type = 0; type <= static_cast<int>(Value::Type::strict_array); ++type) {
    Value value(static_cast<Value::Type>(type));
    value.text = value.has_names() || type == 10 ? "" : "text";
    if (value.has_names()) value.add("k", 1);
    all.add("v" + std::to_string(type), std::move(value));
  }
  Buffer bytes = amf::write_amf0({all, "x", 1, true});
  append(&bytes, {7, 0, 0, 16, 0, 1, 'C', 0, 0, 9, 17, 10, 11, 1, 3, 'k', 4, 1, 1});
  write(Input::amf0, bytes);
  write(Input::amf_message, bytes);
  write(Input::amf3, {10, 0x1b, 3, 'C', 3, 's', 3, 3, 'd', 2, 1, 10, 1, 2, 1, 9, 3, 3, 'k', 1, 1, 2, 9, 0});
  write(Input::amf3,
        {13, 5, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 14, 3, 0, 1, 1, 1, 1, 17, 3, 0, 6, 3, 'k', 3, 6, 0});
  write(Input::amf3, {8,  1, 0,   0,  0, 0, 0, 0, 0, 0,   8, 0,    11,   3,    'x',
                      12, 3, 'y', 16, 3, 0, 1, 6, 3, 'x', 4, 0xff, 0xff, 0xff, 0xff});
}

void tags() {
  for (int i = 0; i < 200; ++i) {
    Frame frame;
    frame.codec = static_cast<Codec>(1 + i % 23);
    frame.video = frame.codec < Codec::aac;
    frame.kind = static_cast<FrameKind>(i % 6);
    frame.enhanced = i % 2 == 0;
    frame.key = i % 3 == 0;
    frame.track = static_cast<uint8_t>(i % 5 == 0 ? i : 0);
    frame.nano = i % 7 == 0 ? 1000 : 0;
    frame.composition_ms = i % 4 == 0 ? -40 : 0;
    const auto header = write_tag_header(frame);
    if (!header) continue;
    Buffer message(header->view().begin(), header->view().end());
    append(&message, {1, 2, 3, 4, 5, 6});
    write(frame.video ? Input::video : Input::audio, message);
  }
  write(Input::audio, {0x95, 0x21, 'm', 'p', '4', 'a', 0, 0, 0, 1, 'a', 'O', 'p', 'u', 's', 1, 0, 0, 1, 'b'});
  write(Input::video, {0x96, 0x11, 'a', 'v', '0', '1', 0, 0, 0, 1, 'a', 1, 0, 0, 1, 'b'});
  write(Input::video, {0xa7, 0, 0xaa, 0x57, 2, 0, 0, 7, 0x01, 'a', 'v', '0', '1', 'o'});
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  folder = arguments[1];
  dialogues();
  odd_messages();
  values();
  tags();
  std::cout << files << " seeds\n";
}
