#include "check.h"

namespace test {

namespace {

char letter(uint8_t byte) { return byte > 32 && byte < 127 ? static_cast<char>(byte) : '~'; }

/** As text: type@time/stream, size and first byte. */
std::string shown(const Message& it) {
  return std::to_string(static_cast<int>(it.type)) + "@" + std::to_string(it.timestamp_ms) + "/" +
         std::to_string(it.stream) + ":" + std::to_string(it.payload.bytes.size()) +
         (it.payload.bytes.empty() ? "" : std::string(1, letter(it.payload.bytes[0])));
}

std::string read_all(ChunkReader& reader, Bytes bytes) {
  std::string out;
  while (auto message = reader.take(bytes)) {
    if (message->type == MessageType::set_chunk_size)
      reader.set_chunk_size(number_at(message->payload.bytes.data(), 4));
    if (message->type == MessageType::abort) reader.abort(number_at(message->payload.bytes.data(), 4));
    out += shown(*message) + " ";
  }
  return out;
}

/** The same for all pieces: byte by byte, and cut in two at every place. */
std::string read_in_pieces(const Buffer& bytes, const std::string& what) {
  const auto whole = [&](auto feed_all) {
    ChunkReader reader({});
    std::string out = feed_all(reader);
    return out + reader.wrong();
  };
  const std::string once = whole([&](ChunkReader& reader) { return read_all(reader, bytes); });
  const std::string bytewise = whole([&](ChunkReader& reader) {
    std::string out;
    for (size_t i = 0; i < bytes.size(); ++i) out += read_all(reader, Bytes(bytes).subspan(i, 1));
    return out;
  });
  same(bytewise, once, what + ", byte by byte,");
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    const std::string two = whole([&](ChunkReader& reader) {
      std::string out = read_all(reader, Bytes(bytes).first(cut));
      return out + read_all(reader, Bytes(bytes).subspan(cut));
    });
    if (two != once) same(two, once, what + ", cut at " + std::to_string(cut) + ",");
  }
  return once;
}

Buffer body(size_t size, char first = 'x') {
  Buffer out(size, '.');
  if (size > 0) out[0] = static_cast<uint8_t>(first);
  return out;
}

/** Header of type 0, without the basic one. */
Buffer full(uint32_t time, uint32_t size, uint8_t type, uint8_t stream = 1) {
  return number(time, 3) + number(size, 3) + Buffer{type, stream, 0, 0, 0};
}

void headers() {
  const Buffer all = Buffer{4} + full(100, 3, 8) + body(3, 'a') +                              // type 0
                     Buffer{0x44} + number(20, 3) + number(2, 3) + Buffer{8} + body(2, 'b') +  // 1
                     Buffer{0x84} + number(23, 3) + body(2, 'c') +                             // 2
                     Buffer{0xc4} + body(2, 'd') +                                             // 3: 23 again
                     Buffer{4} + full(7, 0, 9, 5) +  // empty, of another stream
                     Buffer{0xc4} + Buffer{0xc4};    // 7 more each, by the specification
  same(read_in_pieces(all, "headers"), "8@100/1:3a 8@120/1:2b 8@143/1:2c 8@166/1:2d 9@7/5:0 9@14/5:0 9@21/5:0 ",
       "headers of all types");
}

void repeated_times() {
  const Buffer all = Buffer{4} + full(3'600'000, 1, 8) + body(1) + Buffer{0xc4} + body(1) + Buffer{0xc4} + body(1) +
                     Buffer{0x84} + number(20, 3) + body(1) + Buffer{0xc4} + body(1);
  same(read_in_pieces(all, "repeated times"),
       "8@3600000/1:1x 8@3600000/1:1x 8@3600000/1:1x 8@3600020/1:1x 8@3600040/1:1x ", "an hour is not repeated");
}

void chunk_stream_ids() {
  Buffer all;
  std::string wanted;
  for (const uint32_t id : {2u, 63u, 64u, 319u, 320u, 65'599u}) {
    const Buffer basic = id < 64    ? Buffer{static_cast<uint8_t>(id)}
                         : id < 320 ? Buffer{0, static_cast<uint8_t>(id - 64)}
                                    : Buffer{1, static_cast<uint8_t>(id - 64), static_cast<uint8_t>((id - 64) >> 8)};
    Buffer again = basic;
    again[0] |= 0xc0;
    all = all + basic + full(1, 130, 9) + body(128, 'v') + again + body(2);
    wanted += "9@1/1:130v ";
  }
  same(read_in_pieces(all, "ids"), wanted, "chunk stream ids of all lengths");
}

void extended_times() {
  const uint32_t time = 0x01020304;
  for (const bool repeated : {true, false}) {
    const Buffer again = Buffer{0xc6} + (repeated ? number(time, 4) : Buffer{});
    Buffer all = Buffer{6} + full(0xffffff, 300, 9) + number(time, 4) + body(128, 'v') + again + body(128) + again +
                 body(44) + Buffer{0x46} + number(40, 3) + number(1, 3) + Buffer{9} + body(1, 'w');
    same(read_in_pieces(all, "long times"), "9@16909060/1:300v 9@16909100/1:1w ",
         repeated ? "times that come again" : "times that do not");
  }
  // Content that begins like the time.
  const Buffer tricky = Buffer{1, 2, 3} + body(125);
  const Buffer all = Buffer{6} + full(0xffffff, 256, 9) + number(time, 4) + body(128, 'v') + Buffer{0xc6} + tricky +
                     Buffer{4} + full(1, 1, 8) + body(1, 's');
  same(read_in_pieces(all, "content like a time"), "9@16909060/1:256v 8@1/1:1s ", "content that begins like the time");
  // A difference of more than 24 bits.
  const Buffer step = Buffer{6} + full(5, 1, 9) + body(1) + Buffer{0x86} + number(0xffffff, 3) + number(0x01000000, 4) +
                      body(1) + Buffer{0xc6} + number(0x01000000, 4) + body(1);
  same(read_in_pieces(step, "long steps"), "9@5/1:1x 9@16777221/1:1x 9@33554437/1:1x ", "long differences");
}

void interleaving() {
  const Buffer all = Buffer{6} + full(1, 200, 9) + body(128, 'v') + Buffer{4} + full(2, 140, 8) + body(128, 's') +
                     Buffer{0xc6} + body(72) + Buffer{0xc4} + body(12) +
                     // aborted, and sent anew
                     Buffer{6} + full(3, 200, 9) + body(128, 'n') + Buffer{2} + full(0, 4, 2, 0) + number(6, 4) +
                     Buffer{6} + full(4, 129, 9) + body(128, 'y') + Buffer{0xc6} + body(1) +
                     // begun anew without a word
                     Buffer{6} + full(5, 200, 9) + body(128, 'n') + Buffer{6} + full(6, 1, 9) + body(1, 'z') +
                     // other sizes
                     Buffer{2} + full(0, 4, 1, 0) + number(1, 4) + Buffer{4} + full(7, 3, 8) +
                     Buffer{'1', 0xc4, '2', 0xc4, '3'} + Buffer{2} + full(0, 4, 1, 0) +
                     Buffer{0x7f, 0xc2, 0xff, 0xc2, 0xff, 0xc2, 0xff} + Buffer{4} + full(8, 1000, 8) + body(1000, 'l');
  same(read_in_pieces(all, "messages between"),
       "9@1/1:200v 8@2/1:140s 2@0/0:4~ 9@4/1:129y 9@6/1:1z 1@0/0:4~ 8@7/1:31 1@0/0:4~ 8@8/1:1000l ",
       "messages between each other");
}

void written_and_read() {
  Dice dice(2);
  for (int round = 0; round < 60; ++round) {
    ChunkWriter writer;
    ChunkReader reader({});
    Outbox out;
    std::string wanted, got;
    uint32_t size = 128;
    uint32_t time = round % 3 == 0 ? 0xfffffff0 : round % 3 == 1 ? 0xfffff0 : 0;
    for (int i = 0; i < 60; ++i) {
      if (roll(dice, 9) == 0) {
        size = std::vector<uint32_t>{128, 129, 4096, 65'536, 0x7fffffff}[roll(dice, 4)];
        writer.write({MessageType::set_chunk_size, 2, 0, 0, Payload::of(number(size, 4))}, {}, &out);
        writer.set_chunk_size(size);
        wanted += shown({MessageType::set_chunk_size, 2, 0, 0, Payload::of(number(size, 4))}) + " ";
      }
      time += static_cast<uint32_t>(
          std::vector<size_t>{0, 20, 20, 20, roll(dice, 50), 0xffffff, 0xffffffff}[roll(dice, 6)]);
      const Buffer head = body(roll(dice, 1) * roll(dice, 32), 'h');
      const Payload rest =
          Payload::of(body(std::vector<size_t>{0, 5, 5, roll(dice, 300), roll(dice, 20'000)}[roll(dice, 4)]));
      const uint32_t id = std::vector<uint32_t>{4, 6, 300, 65'599}[roll(dice, 3)];
      const auto type = id == 4 ? MessageType::audio : MessageType::video;
      const uint32_t stream = roll(dice, 20) == 0 ? 0xfedcba98 : 1;
      writer.write({type, id, stream, time, rest}, head, &out);
      const Message whole{type, id, stream, time, Payload::of(head + buffer_of(rest.bytes))};
      wanted += shown(whole) + " ";
    }
    const size_t announced = out.size();
    const Buffer bytes = drain(out);
    same(bytes.size(), announced, "bytes that left");
    const size_t piece = 1 + roll(dice, 700);
    for (size_t at = 0; at < bytes.size(); at += piece)
      got += read_all(reader, Bytes(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    same(got, wanted, "what was written");
    same(reader.wrong(), "", "nothing");
    same(reader.open_bytes(), 0u, "what is open at the end");
  }
}

void headers_are_short_and_nothing_is_copied() {
  ChunkWriter writer;
  Outbox out;
  const Payload payload = Payload::of(body(100));
  const auto cost = [&](uint32_t time) {
    const size_t before = out.size();
    writer.write({MessageType::audio, 4, 1, time, payload}, {}, &out);
    return out.size() - before - 100;
  };
  same(cost(1000), 12u, "the first header");
  same(cost(1023), 4u, "one of the same size");
  same(cost(1046), 1u, "one of the same step");
  same(cost(1070), 4u, "one of another step");
  same(cost(1000), 12u, "one that goes back");
  same(cost(0x02000000), 16u, "one whose time is long");
  const size_t before = out.size();
  ChunkWriter other;
  other.write({MessageType::video, 6, 1, 0x02000000, Payload::of(body(300))}, {}, &out);
  same(out.size() - before, 300u + 16 + 5 + 5, "a message of three chunks, each with its long time");
  Bytes spans[32];
  same(out.gather(spans), 18u, "spans");
  check(spans[1].data() == payload.bytes.data(), "the payload is not copied");
  same(payload.owner.use_count(), 7, "references to the payload");
  drain(out);
  same(payload.owner.use_count(), 1, "references when all has left");
}

}  // namespace

void chunks() {
  headers();
  repeated_times();
  chunk_stream_ids();
  extended_times();
  interleaving();
  written_and_read();
  headers_are_short_and_nothing_is_copied();
}

}  // namespace test
