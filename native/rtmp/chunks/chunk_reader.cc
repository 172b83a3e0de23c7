#include "rtmp/chunks/chunk_reader.h"

#include <algorithm>

#include "rtmp/chunks/chunk_numbers.h"

namespace rxgst::rtmp {

namespace {

/**
 * A header of type 3 behind one of type 0 repeats its time as a difference, by the specification and in ffmpeg. In
 * nginx and librtmp it says that the time is the same: so does a longer one.
 */
constexpr uint32_t longest_repeated_ms = 1000;
constexpr size_t header_sizes[] = {11, 7, 3, 0};

}  // namespace

std::optional<Message> ChunkReader::take(Bytes& bytes) {
  while (wrong_.empty()) {
    if (state_ == State::body) {
      const auto step = static_cast<uint32_t>(std::min<size_t>(left_, bytes.size()));
      append(bytes.first(step));
      bytes = bytes.subspan(step);
      if (left_ > 0) return std::nullopt;
      enter(State::basic, 1);
      if (current_->received == current_->length) return complete();
      continue;
    }
    if (bytes.empty()) return std::nullopt;
    if (state_ == State::repetition) {
      repetition(bytes);
      continue;
    }
    const size_t step = std::min(head_need_ - head_size_, bytes.size());
    std::copy_n(bytes.begin(), step, head_.begin() + static_cast<ptrdiff_t>(head_size_));
    head_size_ += step;
    bytes = bytes.subspan(step);
    if (head_size_ < head_need_) return std::nullopt;
    if (state_ == State::basic)
      on_basic();
    else
      on_header();
  }
  return std::nullopt;
}

void ChunkReader::enter(State state, size_t need) {
  state_ = state;
  if (state == State::basic) head_size_ = 0;
  head_need_ = need;
}

void ChunkReader::on_basic() {
  const uint32_t low = head_[0] & 63;
  const size_t size = low == 0 ? 2 : low == 1 ? 3 : 1;
  if (head_size_ < size) {
    head_need_ = size;
    return;
  }
  format_ = head_[0] >> 6;
  basic_size_ = size;
  const uint32_t id = low > 1 ? low : low == 0 ? 64u + head_[1] : 64u + head_[1] + 256u * head_[2];
  auto found = streams_.find(id);
  if (found == streams_.end()) {
    if (format_ == 3) return fail("a chunk that continues none before it");
    if (streams_.size() == bounds_.chunk_streams) return fail("more chunk streams than a connection needs");
    found = streams_.try_emplace(id).first;
    found->second.id = id;
  }
  current_ = &found->second;
  // Flash and some servers begin a chunk stream without saying which message stream it is of: it is the connection's.
  if (format_ < 3) return enter(State::header, basic_size_ + header_sizes[format_]);
  matched_ = 0;
  if (current_->extended)
    enter(State::repetition, 0);
  else
    begin_body();
}

void ChunkReader::on_header() {
  const uint8_t* const header = head_.data() + basic_size_;
  const uint32_t field = number_at(header, 3);
  const size_t whole = basic_size_ + header_sizes[format_] + (field == extended_time ? extended_size : 0);
  if (head_size_ < whole) {
    head_need_ = whole;
    return;
  }
  Stream& it = *current_;
  // A new message where one is open replaces it: so does an encoder that dropped the rest.
  forget(&it);
  it.absolute = format_ == 0;
  it.extended = field == extended_time;
  it.field = it.extended ? number_at(header + header_sizes[format_], extended_size) : field;
  if (format_ < 2) {
    it.length = number_at(header + 3, 3);
    it.type = header[6];
  }
  if (format_ == 0) {
    it.stream = 0;
    for (int i = 3; i >= 0; --i) it.stream = it.stream << 8 | header[7 + i];
  }
  begin_body();
}

void ChunkReader::repetition(Bytes& bytes) {
  // By the specification the four bytes come again; some leave them out. What differs from them is content.
  const auto shift = static_cast<int>(8 * (extended_size - 1 - matched_));
  if (bytes[0] == static_cast<uint8_t>(current_->field >> shift)) {
    bytes = bytes.subspan(1);
    if (++matched_ < extended_size) return;
    matched_ = 0;
    return begin_body();
  }
  const size_t taken = matched_;
  matched_ = 0;
  begin_body();
  if (!wrong_.empty()) return;
  uint8_t content[extended_size];
  put_number(content, current_->field, extended_size);
  // A message that ends here had those bytes for the next chunk; nobody is known to send such.
  if (left_ < taken) return fail("a chunk whose time is cut");
  append(Bytes(content, taken));
}

void ChunkReader::begin_body() {
  Stream& it = *current_;
  if (!it.open) {
    if (it.length > bounds_.message_bytes) {
      return fail("a message of " + std::to_string(it.length) + " bytes; " + std::to_string(bounds_.message_bytes) +
                  " are taken");
    }
    if (it.length > bounds_.bytes - open_bytes_) {
      return fail("a message of " + std::to_string(it.length) + " bytes, where " + std::to_string(open_bytes_) +
                  " of " + std::to_string(bounds_.bytes) + " bytes are taken");
    }
    const bool same_time = format_ == 3 && it.absolute && it.field > longest_repeated_ms;
    if (!same_time) it.timestamp_ms = format_ == 0 ? it.field : it.timestamp_ms + it.field;
    it.open = true;
    it.received = 0;
    if (it.length > 0) it.content = std::make_shared_for_overwrite<uint8_t[]>(it.length);
    open_bytes_ += it.length;
  }
  left_ = std::min(chunk_size_, it.length - it.received);
  state_ = State::body;
}

void ChunkReader::append(Bytes part) {
  Stream& it = *current_;
  std::copy(part.begin(), part.end(), it.content.get() + it.received);
  it.received += static_cast<uint32_t>(part.size());
  left_ -= static_cast<uint32_t>(part.size());
}

Message ChunkReader::complete() {
  Stream& it = *current_;
  Message message{static_cast<MessageType>(it.type), it.id, it.stream, it.timestamp_ms, {}};
  message.payload.bytes = Bytes(it.content.get(), it.length);
  message.payload.owner = std::move(it.content);
  message.payload.owner_bytes = it.length;
  forget(&it);
  return message;
}

void ChunkReader::forget(Stream* it) {
  if (!it->open) return;
  it->open = false;
  it->content.reset();
  open_bytes_ -= it->length;
}

void ChunkReader::abort(uint32_t chunk_stream) {
  const auto found = streams_.find(chunk_stream);
  if (found != streams_.end()) forget(&found->second);
}

}  // namespace rxgst::rtmp
