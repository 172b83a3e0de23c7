#include "check.h"

namespace test {

namespace {

Buffer tag(uint8_t type, size_t size) {
  return Buffer{type} + number(static_cast<uint32_t>(size), 3) + Buffer(7, 0) + Buffer(size, 7) +
         number(static_cast<uint32_t>(size + 11), 4);
}

/** Whoever keeps one sound of an aggregate keeps no picture beside it. */
void small_parts_stand_alone() {
  const Buffer body = tag(8, 100) + tag(9, 300'000) + tag(8, 0);
  Server server({}, 0);
  Client client(options_for(Role::publish), 0);
  talk(server, client, nullptr, nullptr);
  server.accept_connect();
  talk(server, client, nullptr, nullptr);
  client.send_message({MessageType::aggregate, 6, 1, 0, Payload::of(body)});
  const std::vector<Event> events = feed(server, drain(client.out()));
  std::vector<Payload> payloads;
  for (const Event& event : events) {
    if (const auto* it = std::get_if<MediaMessage>(&event)) payloads.push_back(it->payload);
  }
  if (!check(payloads.size() == 3, "the tags of an aggregate")) return;
  same(payloads[0].owner_bytes, 100u, "what a small tag keeps");
  check(buffer_of(payloads[0].bytes) == Buffer(100, 7), "its bytes");
  same(payloads[1].owner_bytes, body.size(), "what a large tag keeps");
  same(payloads[1].owner.use_count(), 2, "those who keep the whole aggregate");
  same(payloads[2].owner_bytes, 0u, "what an empty tag keeps");
  client.send_media(MediaKind::video, 1, 0, {}, Payload::of(Buffer(5000, 1)));
  const std::vector<Event> single = feed(server, drain(client.out()));
  const auto* message = find<MediaMessage>(single);
  same(message ? message->payload.owner_bytes : 0, 5000u, "what a message keeps");
}

}  // namespace

void memory() { small_parts_stand_alone(); }

}  // namespace test
