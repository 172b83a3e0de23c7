// What libFuzzer feeds the RTMP machine with: the first byte of an input chooses what the others are. Built and run by
// `npm run fuzz -- --machine`. A finding is whatever the sanitizers see, and whatever is demanded here.
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/machine/inputs.h"
#include "rtmp/amf/reader.h"
#include "rtmp/amf/writer.h"
#include "rtmp/protocol/address.h"
#include "rtmp/protocol/client.h"
#include "rtmp/protocol/login.h"
#include "rtmp/protocol/server.h"
#include "rtmp/tags/tag_reader.h"
#include "rtmp/tags/tag_writer.h"

namespace {

using namespace rxgst::rtmp;
namespace amf = rxgst::amf;
using fuzz::Input;

void demand(bool holds) {
  if (!holds) std::abort();
}

std::vector<uint8_t> drained(Outbox& out) {
  std::vector<uint8_t> all;
  Bytes spans[8];
  while (!out.empty()) {
    const size_t count = out.gather(spans);
    size_t size = 0;
    for (size_t i = 0; i < count; ++i) {
      all.insert(all.end(), spans[i].begin(), spans[i].end());
      size += spans[i].size();
    }
    demand(size > 0);
    out.consume(size);
  }
  return all;
}

/** What an owner does at once with an event. */
void answer(Client&, const Event&) {}
void answer(Server& server, const Event& event) {
  if (const auto* it = std::get_if<ConnectRequested>(&event)) {
    if (it->app == "no") return server.reject_connect("NetConnection.Connect.InvalidApp", "no");
    server.accept_connect();
  }
  if (const auto* it = std::get_if<PublishRequested>(&event)) server.accept_publish(it->stream);
  if (const auto* it = std::get_if<PlayRequested>(&event)) server.accept_play(it->stream);
}

/** Feeds the bytes in pieces of this size; what came of them, as a text to compare. */
template <class Role>
std::string feed(Role& role, Bytes bytes, size_t piece, int64_t* now_us) {
  std::string seen;
  while (!bytes.empty()) {
    Bytes part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    while (auto event = role.take(part, *now_us)) {
      seen += static_cast<char>('a' + event->index());
      if (const auto* media = std::get_if<MediaMessage>(&*event)) {
        seen += std::to_string(media->timestamp_ms) + ":" + std::to_string(media->payload.bytes.size());
        // Every byte of it must be there.
        uint8_t sum = 0;
        for (const uint8_t byte : media->payload.bytes) sum ^= byte;
        seen += static_cast<char>('a' + sum % 16);
      }
      if (const auto* error = std::get_if<ProtocolError>(&*event)) seen += error->text;
      answer(role, *event);
    }
    demand(part.empty());
    demand(role.open_bytes() <= 16 << 20);
  }
  return seen;
}

/** @param greeted the handshake is no part of the input: then it may be the one that costs nothing */
ClientOptions options_for(Role role, bool greeted = true) {
  ClientOptions options;
  if (greeted) options.handshake = HandshakeStyle::plain;
  options.role = role;
  options.app = "live";
  options.stream = "cam";
  options.tc_url = "rtmp://h/live";
  options.credentials = {"user", "password"};
  options.capabilities = {{"*"}, {{"*", 1}}, {}, 15, 0};
  return options;
}

/** The same bytes at once and in pieces lead to the same. */
template <class Make>
void whole_and_in_pieces(Make make, Bytes bytes, size_t piece) {
  std::string seen[2];
  for (const bool whole : {true, false}) {
    auto role = make();
    int64_t now_us = 0;
    seen[whole] = feed(*role, bytes, whole ? SIZE_MAX : piece, &now_us);
    demand(role->out().size() < (1 << 20));
  }
  demand(seen[0] == seen[1]);
}

void client(Role role, bool greeted, Bytes bytes) {
  if (bytes.empty()) return;
  const size_t piece = bytes[0] + size_t{1};
  whole_and_in_pieces(
      [&] {
        auto it = std::make_unique<Client>(options_for(role, greeted), 0);
        int64_t now_us = 0;
        drained(it->out());
        if (greeted) feed(*it, fuzz::server_handshake(), SIZE_MAX, &now_us);
        return it;
      },
      bytes.subspan(1), piece);
}

void server(bool greeted, Bytes bytes) {
  if (bytes.empty()) return;
  const size_t piece = bytes[0] + size_t{1};
  whole_and_in_pieces(
      [&] {
        auto it = std::make_unique<Server>(ServerOptions{}, 0);
        int64_t now_us = 0;
        if (greeted) feed(*it, fuzz::client_handshake(), SIZE_MAX, &now_us);
        return it;
      },
      bytes.subspan(1), piece);
}

/** Messages whose chunks are right, of any content: type, stream, size, content, and time that passes. */
template <class It>
void messages(It& role, Bytes bytes) {
  ChunkWriter writer;
  Outbox out;
  int64_t now_us = 0;
  while (bytes.size() >= 5) {
    const size_t size = std::min<size_t>(bytes[2] | static_cast<size_t>(bytes[3] & 3) << 8, bytes.size() - 5);
    const auto type = static_cast<MessageType>(bytes[0]);
    // Its own chunk size stays what it is.
    if (type != MessageType::set_chunk_size) {
      writer.write({type, 3u + (bytes[0] & 31), bytes[1] & 3u, bytes[4], Payload::copy_of(bytes.subspan(5, size))}, {},
                   &out);
      now_us += int64_t{bytes[3]} << 10;
      feed(role, drained(out), SIZE_MAX, &now_us);
    }
    drained(role.out());
    bytes = bytes.subspan(5 + size);
  }
}

size_t values_in(const amf::Value& value) {
  size_t count = 1;
  demand(!value.has_names() || value.names.size() == value.items.size());
  for (const amf::Value& item : value.items) count += values_in(item);
  return count;
}

void values(Bytes bytes, int kind) {
  const amf::Limits limits{16, 1000, 10'000};
  const amf::Read read = kind == 0   ? amf::read_amf0(bytes, limits)
                         : kind == 1 ? amf::read_amf3(bytes, limits)
                                     : amf::read_message(bytes, true, limits);
  size_t count = 0;
  std::vector<uint8_t> written;
  for (const amf::Value& value : read.values) {
    count += values_in(value);
    amf::append_amf0(&written, value);
  }
  demand(count <= limits.values);
  const amf::Read again = amf::read_amf0(written);
  size_t count_again = 0;
  for (const amf::Value& value : again.values) count_again += values_in(value);
  demand(!again.wrong && !again.unfinished && count_again == count);
}

void tag(bool video, Bytes bytes) {
  TagReader reader(video, bytes);
  Frame frame;
  size_t frames = 0;
  while (reader.next(&frame)) {
    demand(++frames <= bytes.size() + 1);
    demand(frame.payload.empty() || (frame.payload.data() >= bytes.data() &&
                                     frame.payload.data() + frame.payload.size() <= bytes.data() + bytes.size()));
    ChannelLayout layout;
    if (frame.kind == FrameKind::channels) read_channel_layout(frame.payload, &layout);
    const auto header = write_tag_header(frame);
    if (!header || frame.kind == FrameKind::silence) continue;
    demand(header->size <= TagHeader::most);
    std::vector<uint8_t> message(header->view().begin(), header->view().end());
    message.insert(message.end(), frame.payload.begin(), frame.payload.end());
    TagReader second(video, message);
    Frame back;
    demand(second.next(&back));
    demand(back.kind == frame.kind && back.track == frame.track && back.nano == frame.nano &&
           back.composition_ms == frame.composition_ms && back.payload.size() == frame.payload.size());
  }
}

void texts(Bytes bytes) {
  const std::string_view text = text_of(bytes);
  const size_t half = text.size() / 2;
  resolve_address(text.substr(0, half), text.substr(half));
  next_login(text, "live", {"user", "password"}, {}, 1);
  demand(bounded_text(text, 20).size() <= 20);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  switch (static_cast<Input>(data[0] % static_cast<uint8_t>(Input::count))) {
    case Input::player:
      client(Role::play, true, bytes);
      break;
    case Input::publisher:
      client(Role::publish, true, bytes);
      break;
    case Input::client_from_the_start:
      client(Role::play, false, bytes);
      break;
    case Input::server:
      server(true, bytes);
      break;
    case Input::server_from_the_start:
      server(false, bytes);
      break;
    case Input::player_messages:
    case Input::publisher_messages: {
      const bool plays = data[0] % static_cast<uint8_t>(Input::count) == static_cast<uint8_t>(Input::player_messages);
      Client it(options_for(plays ? Role::play : Role::publish), 0);
      int64_t now_us = 0;
      feed(it, fuzz::server_handshake(), SIZE_MAX, &now_us);
      messages(it, bytes);
      it.closed();
      it.assume_started(now_us);
      it.finish(now_us);
      break;
    }
    case Input::server_messages: {
      Server it({}, 0);
      int64_t now_us = 0;
      feed(it, fuzz::client_handshake(), SIZE_MAX, &now_us);
      messages(it, bytes);
      break;
    }
    case Input::amf0:
      values(bytes, 0);
      break;
    case Input::amf3:
      values(bytes, 1);
      break;
    case Input::amf_message:
      values(bytes, 2);
      break;
    case Input::video:
      tag(true, bytes);
      break;
    case Input::audio:
      tag(false, bytes);
      break;
    case Input::texts:
    case Input::count:
      texts(bytes);
      break;
  }
  return 0;
}
