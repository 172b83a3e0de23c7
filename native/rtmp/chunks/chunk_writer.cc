#include "rtmp/chunks/chunk_writer.h"

#include <algorithm>
#include <array>

#include "rtmp/chunks/chunk_numbers.h"

namespace rxgst::rtmp {

namespace {

/** A chunk's header in the making, and what of ours follows it. */
class Head {
 public:
  void put(uint32_t value, int count) {
    put_number(bytes_.data() + size_, value, count);
    size_ += static_cast<size_t>(count);
  }
  void basic(uint32_t format, uint32_t id) {
    if (id < 64) return put(format << 6 | id, 1);
    if (id < 320) return put((format << 6) << 8 | (id - 64), 2);
    put((format << 6 | 1) << 16 | ((id - 64) & 255) << 8 | (id - 64) >> 8, 3);
  }
  void append(Bytes bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  Bytes view() const { return {bytes_.data(), size_}; }

 private:
  std::array<uint8_t, Outbox::most_head> bytes_{};
  size_t size_ = 0;
};

}  // namespace

void ChunkWriter::write(const Message& message, Bytes head, Outbox* out) {
  const auto length = static_cast<uint32_t>(head.size() + message.payload.bytes.size());
  const auto type = static_cast<uint8_t>(message.type);
  auto found =
      std::find_if(streams_.begin(), streams_.end(), [&](const Stream& it) { return it.id == message.chunk_stream; });
  uint32_t format = 0;
  const uint32_t delta = found == streams_.end() ? 0 : message.timestamp_ms - found->timestamp_ms;
  if (found == streams_.end()) {
    found = streams_.insert(streams_.end(), Stream{});
    found->id = message.chunk_stream;
  } else if (found->stream == message.stream && delta < extended_time) {
    // A step back, or a long one, needs the whole time.
    const bool alike = found->length == length && found->type == type;
    format = !alike ? 1 : found->has_delta && found->delta_ms == delta ? 3 : 2;
  }
  *found = {message.chunk_stream, message.stream, length, message.timestamp_ms, delta, type, format > 0};

  const uint32_t field = format == 0 ? message.timestamp_ms : delta;
  const bool longer = format == 0 && field >= extended_time;
  Head first;
  first.basic(format, message.chunk_stream);
  if (format < 3) first.put(longer ? extended_time : field, 3);
  if (format < 2) {
    first.put(length, 3);
    first.put(type, 1);
  }
  // The one number of RTMP whose low byte is first.
  if (format == 0) {
    for (int shift = 0; shift < 32; shift += 8) first.put(message.stream >> shift & 255, 1);
  }
  if (longer) first.put(field, 4);
  first.append(head);

  Bytes rest = message.payload.bytes;
  size_t step = std::min<size_t>(rest.size(), chunk_size_ - head.size());
  const auto add = [&](Bytes before) {
    const bool last = step == rest.size();
    out->add(before, rest.first(step), last ? message.payload.owner : nullptr);
    rest = rest.subspan(step);
    step = std::min<size_t>(rest.size(), chunk_size_);
  };
  add(first.view());
  while (!rest.empty()) {
    Head next;
    next.basic(3, message.chunk_stream);
    if (longer) next.put(field, 4);
    add(next.view());
  }
}

}  // namespace rxgst::rtmp
