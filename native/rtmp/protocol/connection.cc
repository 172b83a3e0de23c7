#include "rtmp/protocol/connection.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "rtmp/amf/reader.h"
#include "rtmp/protocol/script_data.h"
#include "rtmp/tags/tag_reader.h"
#include "rtmp/tags/tag_writer.h"

namespace rxgst::rtmp {

namespace {

/** One for each kind of message, so that each keeps its own order of time; the numbers are those of ffmpeg. */
enum ChunkStreamId : uint32_t {
  control_chunks = 2,
  connection_chunks = 3,
  audio_chunks = 4,
  data_chunks = 5,
  video_chunks = 6,
  stream_chunks = 8,
};

constexpr uint32_t most_message = 0xffffff;
/** A time of the wire begins anew after 49.7 days. */
constexpr int64_t time_range_ms = int64_t{1} << 32;
constexpr int64_t most_apart_ms = time_range_ms / 4;
constexpr int64_t most_before_ms = 60'000;
/** In an answer to `connect`, capabilities of many codecs. */
constexpr amf::Limits command_limits{16, 4096, 64 << 10};
/** What asks for no answer costs little, so 10,000 at once, and 1000 a second. */
constexpr double unanswered = 0.1;
/** Of a picture's bytes, for each control message that comes beside it: a ping for every chunk is no flood. */
constexpr double media_a_control = 128;
/** Bytes of a message without content. */
constexpr size_t unwanted_header = 12;
/** What a server acknowledges at once, at least. */
constexpr double sent_an_acknowledgement = 1000;

bool is_media(MessageType type) {
  switch (type) {
    case MessageType::audio:
    case MessageType::video:
    case MessageType::data:
    case MessageType::data_amf3:
    case MessageType::aggregate:
      return true;
    default:
      return false;
  }
}

/** Whether an answer is due to this control message. */
bool asks(const Message& message) {
  const Bytes body = message.payload.bytes;
  return message.type == MessageType::peer_bandwidth ||
         (body.size() >= 2 && number_at(body.data(), 2) == static_cast<uint32_t>(UserControl::ping_request));
}

}  // namespace

Connection::Connection(bool client, HandshakeStyle style, const Bounds& bounds, uint64_t seed, int64_t now_us)
    : chance_(seed),
      now_us_(now_us),
      bounds_(bounds),
      client_(client),
      handshake_(client, style, chance_.next()),
      reader_({bounds.bytes, bounds.chunk_streams, bounds.message_bytes}),
      phase_since_us_(now_us) {
  if (client) send_bytes(handshake_.begin());
}

std::optional<Event> Connection::take(Bytes& bytes, int64_t now_us) {
  now_us_ = now_us;
  for (;;) {
    if (told_ < events_.size()) return std::move(events_[told_++]);
    events_.clear();
    told_ = 0;
    if (phase_ == Phase::over) {
      aggregate_.reset();
      bytes = {};
      return std::nullopt;
    }
    if (aggregate_) {
      next_of_aggregate();
      continue;
    }
    if (phase_ == Phase::handshake) {
      if (!greet(bytes)) return std::nullopt;
      continue;
    }
    const size_t before = bytes.size();
    std::optional<Message> message = reader_.take(bytes);
    received_ += before - bytes.size();
    if (message) {
      on_message(std::move(*message));
    } else if (!reader_.wrong().empty()) {
      fail(ProtocolError::Rule::chunks, "sends " + reader_.wrong());
    } else {
      acknowledge();
      if (events_.empty()) return std::nullopt;
    }
  }
}

/** False: more bytes are needed. */
bool Connection::greet(Bytes& bytes) {
  std::vector<uint8_t> answer;
  const Handshake::Progress progress = handshake_.take(bytes, &answer);
  if (!answer.empty()) send_bytes(std::move(answer));
  if (progress == Handshake::Progress::more) return false;
  if (progress == Handshake::Progress::failed) {
    fail(ProtocolError::Rule::handshake, std::string("does not speak RTMP: ") + handshake_.wrong());
  } else {
    enter(Phase::connect);
    on_handshake();
  }
  return true;
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  phase_since_us_ = now_us_;
}

void Connection::fail(ProtocolError::Rule rule, std::string what) {
  if (phase_ == Phase::over) return;
  tell(ProtocolError{rule, (client_ ? "the server " : "the client ") + std::move(what), phase_});
  enter(Phase::over);
}

bool Connection::within_rates(const Message& message) {
  const size_t size = message.payload.bytes.size();
  const auto many = [&](const char* what) {
    fail(ProtocolError::Rule::floods, std::string("sends ") + what + " without end");
    return false;
  };
  if (is_media(message.type) && !wants_media()) {
    if (unwanted_.pour(static_cast<double>(size + unwanted_header), now_us_)) many("media that nobody asked for");
    return false;
  }
  switch (message.type) {
    case MessageType::audio:
    case MessageType::video:
    case MessageType::aggregate:
      if (controls_.pour(size > 0 ? -static_cast<double>(size) / media_a_control : 1, now_us_))
        return many("empty messages");
      return true;
    case MessageType::data:
    case MessageType::data_amf3: {
      const bool often = data_.pour(1, now_us_), much = data_bytes_.pour(static_cast<double>(size), now_us_);
      return often || much ? many("data messages") : true;
    }
    case MessageType::command:
    case MessageType::command_amf3:
      return commands_.pour(1, now_us_) ? many("commands") : true;
    case MessageType::acknowledgement: {
      const double sent = static_cast<double>(out_.sent() - sent_at_acknowledgement_);
      sent_at_acknowledgement_ = out_.sent();
      return controls_.pour(1 - sent / sent_an_acknowledgement, now_us_) ? many("acknowledgements") : true;
    }
    case MessageType::peer_bandwidth:
    case MessageType::user_control:
      return controls_.pour(asks(message) ? 1 : unanswered, now_us_) ? many("control messages") : true;
    default:
      return controls_.pour(unanswered, now_us_) ? many("control messages") : true;
  }
}

void Connection::on_message(Message message) {
  // False: it broke them, or means nothing.
  if (!within_rates(message)) return;
  switch (message.type) {
    case MessageType::audio:
      return give_media(MediaKind::audio, message.stream, message.timestamp_ms, std::move(message.payload));
    case MessageType::video:
      return give_media(MediaKind::video, message.stream, message.timestamp_ms, std::move(message.payload));
    case MessageType::data:
      return give_media(MediaKind::data, message.stream, message.timestamp_ms, std::move(message.payload));
    case MessageType::data_amf3: {
      // A 0 byte says that AMF0 follows.
      const Bytes bytes = message.payload.bytes;
      const bool amf0 = !bytes.empty() && bytes[0] == 0;
      Payload payload = amf0 ? message.payload.part(1, bytes.size() - 1) : std::move(message.payload);
      return give_media(MediaKind::data, message.stream, message.timestamp_ms, std::move(payload), !amf0);
    }
    case MessageType::command:
      return read_command(message, false);
    case MessageType::command_amf3:
      return read_command(message, true);
    case MessageType::aggregate:
      aggregate_.emplace(Aggregate{std::move(message), 0, {}});
      return;
    default:
      return on_control(message);
  }
}

void Connection::on_control(const Message& message) {
  const Bytes body = message.payload.bytes;
  if (body.size() < 4) return;
  const uint32_t number = number_at(body.data(), 4);
  switch (message.type) {
    case MessageType::set_chunk_size:
      if (number == 0 || number > 0x7fffffff)
        return fail(ProtocolError::Rule::chunks, "sets a chunk size of " + std::to_string(number));
      return reader_.set_chunk_size(number);
    case MessageType::abort:
      return reader_.abort(number);
    case MessageType::acknowledgement: {
      // 32 bits, which begin anew.
      const uint32_t step = number - static_cast<uint32_t>(acknowledged_);
      if (step < 0x80000000) acknowledged_ += step;
      return;
    }
    case MessageType::window_size:
      window_ = number;
      return;
    case MessageType::peer_bandwidth:
      if (number != sent_window_) answer([&] { send_window_size(number); });
      return;
    case MessageType::user_control:
      return on_user_control(body);
    default:
      // Shared objects, and what nobody knows.
      return;
  }
}

void Connection::on_user_control(Bytes body) {
  const auto event = static_cast<UserControl>(number_at(body.data(), 2));
  // A buffer's events leave out the stream's upper half in some servers.
  const uint32_t number = body.size() >= 6 ? number_at(body.data() + 2, 4) : number_at(body.data() + 2, 2);
  if (event != UserControl::ping_request) return on_stream_event(event, number);
  ++pings_;
  answer([&] { send_user_control(UserControl::ping_response, number); });
}

/** What the machine says by itself is bounded, also where the other end takes nothing. */
template <class Send>
void Connection::answer(Send send) {
  const uint64_t sent = out_.sent(), before = sent + out_.size();
  while (!answers_.empty() && answers_.front().end <= sent) {
    answer_bytes_ -= answers_.front().size;
    answers_.pop_front();
  }
  send();
  const uint64_t after = sent + out_.size();
  if (after == before) return;
  answers_.push_back({after, static_cast<size_t>(after - before)});
  answer_bytes_ += after - before;
  if (answer_bytes_ > bounds_.answers_bytes)
    fail(ProtocolError::Rule::unread_answers, "does not read the answers that it asks for");
}

void Connection::read_command(const Message& message, bool amf3) {
  const Bytes bytes = message.payload.bytes;
  if (bytes.size() > bounds_.command_bytes)
    return fail(ProtocolError::Rule::message, "sends a command of " + std::to_string(bytes.size()) + " bytes");
  amf::Read read = amf::read_message(bytes, amf3, command_limits);
  if (read.truncated) return fail(ProtocolError::Rule::amf, "sends a command with too many values");
  const bool named = !read.values.empty() && read.values[0].is(amf::Value::Type::string);
  // An argument that nobody can read spoils no command of which the rest is there.
  if (read.wrong && (!named || read.deep))
    return fail(ProtocolError::Rule::amf, std::string("sends a command that ") + read.wrong);
  if (!named) return;
  Command command{bounded_text(read.values[0].text, 64), 0, {}, message.stream};
  size_t at = 1;
  if (read.values.size() > 1 && read.values[1].is(amf::Value::Type::number))
    command.transaction = read.values[at++].number;
  for (; at < read.values.size(); ++at) command.arguments.push_back(std::move(read.values[at]));
  answer([&] { on_command(std::move(command)); });
}

void Connection::give_media(MediaKind kind, uint32_t stream, uint32_t timestamp_ms, Payload payload, bool amf3) {
  const int64_t time_ms = unwrapped(kind, timestamp_ms);
  // Data and configurations may have any time, or none.
  if (kind != MediaKind::data && has_media(kind == MediaKind::video, payload.bytes))
    last_ms_ = kind_last_ms_[static_cast<size_t>(kind)] = time_ms;
  MediaMessage message{kind, stream, time_ms, std::move(payload), amf3};
  on_media(message);
  if (phase_ != Phase::over) tell(std::move(message));
}

int64_t Connection::unwrapped(MediaKind kind, uint32_t timestamp_ms) const {
  const auto near = [&](int64_t last) {
    return last + static_cast<int32_t>(timestamp_ms - static_cast<uint32_t>(last));
  };
  if (!last_ms_) return timestamp_ms;
  int64_t time_ms = near(*last_ms_);
  // Sound and pictures may be weeks apart, where one of them counts from 0: then each has a line of its own.
  if (kind != MediaKind::data && std::abs(time_ms - *last_ms_) > most_apart_ms) {
    const std::optional<int64_t>& own = kind_last_ms_[static_cast<size_t>(kind)];
    if (own) time_ms = near(*own);
  }
  // Something may come a little before the first; what is further back is weeks ahead of it.
  return time_ms < -most_before_ms ? time_ms + time_range_ms : time_ms;
}

void Connection::next_of_aggregate() {
  constexpr size_t head = 11, tail = 4;
  Aggregate& it = *aggregate_;
  const Bytes bytes = it.message.payload.bytes;
  const uint8_t* const tag = bytes.data() + it.at;
  const size_t left = bytes.size() - it.at;
  if (left < head || left - head < number_at(tag + 1, 3)) {
    aggregate_.reset();
    return;
  }
  const size_t size = number_at(tag + 1, 3);
  const uint32_t time = number_at(tag + 4, 3) | static_cast<uint32_t>(tag[7]) << 24;
  const size_t from = it.at + head;
  // Some leave out the last tag's size behind it.
  it.at = std::min(from + size + tail, bytes.size());
  if (!it.first_ms) it.first_ms = time;
  const uint32_t timestamp = it.message.timestamp_ms + (time - *it.first_ms);
  const auto type = static_cast<MessageType>(tag[0] & 31);
  if (type != MessageType::audio && type != MessageType::video && type != MessageType::data) return;
  on_message({type, it.message.chunk_stream, it.message.stream, timestamp, it.message.payload.small_part(from, size)});
}

void Connection::acknowledge() {
  if (window_ == 0 || received_ - acknowledged_at_ < window_) return;
  acknowledged_at_ = received_;
  answer([&] {
    uint8_t body[4];
    put_number(body, static_cast<uint32_t>(received_), 4);
    send_control(MessageType::acknowledgement, body);
  });
}

void Connection::send_bytes(std::vector<uint8_t> bytes) {
  const Payload payload = Payload::of(std::move(bytes));
  out_.add({}, payload.bytes, payload.owner);
}

bool Connection::send_media(MediaKind kind, uint32_t stream, int64_t timestamp_ms, Bytes head, Payload payload) {
  if (head.size() > TagHeader::most || head.size() + payload.bytes.size() > most_message) return false;
  struct Wire {
    MessageType type;
    ChunkStreamId chunks;
  };
  static constexpr Wire wires[] = {
      {MessageType::audio, audio_chunks}, {MessageType::video, video_chunks}, {MessageType::data, data_chunks}};
  const Wire& wire = wires[static_cast<size_t>(kind)];
  const Message message{wire.type, wire.chunks, stream, static_cast<uint32_t>(timestamp_ms), std::move(payload)};
  writer_.write(message, head, &out_);
  return true;
}

void Connection::send_command(uint32_t stream, const std::vector<amf::Value>& values) {
  send_message(
      {MessageType::command, stream == 0 ? connection_chunks : stream_chunks, stream, 0, write_script_data(values)});
}

void Connection::send_message(const Message& message) {
  if (message.payload.bytes.size() <= most_message) writer_.write(message, {}, &out_);
}

void Connection::send_control(MessageType type, Bytes body) {
  send_message({type, control_chunks, 0, 0, Payload::copy_of(body)});
}

void Connection::send_chunk_size(uint32_t bytes) {
  const uint32_t size = std::clamp(bytes, ChunkWriter::least_chunk_size, 0x7fffffffu);
  uint8_t body[4];
  put_number(body, size, 4);
  send_control(MessageType::set_chunk_size, body);
  writer_.set_chunk_size(size);
}

void Connection::send_window_size(uint32_t bytes) {
  sent_window_ = bytes;
  uint8_t body[4];
  put_number(body, bytes, 4);
  send_control(MessageType::window_size, body);
}

void Connection::send_user_control(UserControl event, uint32_t first, std::optional<uint32_t> second) {
  std::vector<uint8_t> body;
  append_number(&body, static_cast<uint32_t>(event), 2);
  append_number(&body, first, 4);
  if (second) append_number(&body, *second, 4);
  send_control(MessageType::user_control, body);
}

}  // namespace rxgst::rtmp
