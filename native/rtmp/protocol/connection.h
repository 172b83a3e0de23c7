// What both roles of RTMP share: handshake, chunks, control messages, bounds.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/flood_rules.h"
#include "rtmp/protocol/chunk_reader.h"
#include "rtmp/protocol/chunk_writer.h"
#include "rtmp/protocol/events.h"
#include "rtmp/protocol/handshake.h"
#include "rtmp/protocol/outbox.h"

namespace rxgst::rtmp {

/** What a stranger may cost. */
struct Bounds {
  /** Memory of messages that are not complete. */
  size_t bytes = 16 << 20;
  size_t chunk_streams = 64;
  size_t command_bytes = 64 << 10;
  /** Of what the machine answers by itself, and the other end does not take. */
  size_t answers_bytes = 64 << 10;
};

/**
 * RTMP without I/O, clock or chance of its own: bytes in, events and bytes out. It has no thread and no lock; one owner
 * at a time calls it. Times are in µs of one monotonic clock, and never go back.
 *
 *     while (auto event = connection.take(bytes, now_us)) …        // bytes: what the socket gave
 *     connection.out().gather(spans); writev(…); connection.out().consume(written);
 *
 * `take` gives one event at a time and leaves what is behind it in `bytes`, so an owner who has no room keeps the rest
 * for later and reads no more from its socket. Every call of `take` may leave bytes in `out()`.
 */
class Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /** Takes bytes off the front of `bytes`. Nothing: they are used up. */
  std::optional<Event> take(Bytes& bytes, int64_t now_us);

  Outbox& out() { return out_; }
  const Outbox& out() const { return out_; }

  Phase phase() const { return phase_; }
  int64_t phase_since_us() const { return phase_since_us_; }

  /** Bytes taken since the handshake. */
  uint64_t received_bytes() const { return received_; }
  /** What the other end has acknowledged of ours, as it counts. */
  uint64_t acknowledged_bytes() const { return acknowledged_; }
  uint64_t pings() const { return pings_; }
  /** Memory of messages that are not complete. */
  size_t open_bytes() const { return reader_.open_bytes(); }

  /**
   * A message of a stream: audio, video and data have chunk streams of their own.
   * @param head bytes before the payload that belong to the message, at most `TagHeader::most`; copied
   */
  void send_media(MediaKind kind, uint32_t stream, int64_t timestamp_ms, Bytes head, Payload payload);
  /** A command or a data message that this class has no function for. */
  void send_command(uint32_t stream, const std::vector<amf::Value>& values);
  /** Any message as it is, for tests and for servers that are odd. */
  void send_message(const Message& message);
  /** Tells the other end, then cuts so. */
  void send_chunk_size(uint32_t bytes);
  void send_user_control(UserControl event, uint32_t first, std::optional<uint32_t> second = {});

 protected:
  Connection(bool client, HandshakeStyle style, uint64_t seed, const Bounds& bounds, int64_t now_us);

  struct Command {
    std::string name;
    double transaction = 0;
    std::vector<amf::Value> arguments;
    uint32_t stream = 0;
  };

  virtual void on_handshake() = 0;
  virtual void on_command(Command command) = 0;
  virtual void on_user_control(UserControl event, uint32_t stream) = 0;
  /** Before the event is given; what a first picture means. */
  virtual void on_media(const MediaMessage& message) = 0;

  void tell(Event event) { events_.push_back(std::move(event)); }
  void enter(Phase phase);
  void fail(ProtocolError::Rule rule, std::string what);
  void send_control(MessageType type, Bytes body);
  void send_window_size(uint32_t bytes);

  Chance chance_;
  int64_t now_us_;

 private:
  std::optional<Event> next_event();
  void on_message(Message message);
  void on_control(const Message& message);
  void on_ping(Bytes body);
  void on_values(const Message& message, bool amf3);
  void give_media(MediaKind kind, uint32_t stream, uint32_t timestamp_ms, Payload payload, bool amf3);
  /** The next tag of an aggregate, each of which is a message. */
  bool next_of_aggregate();
  void acknowledge();
  bool within_rates(const Message& message);
  int64_t unwrapped(uint32_t timestamp_ms);

  Bounds bounds_;
  Handshake handshake_;
  ChunkReader reader_;
  ChunkWriter writer_;
  Outbox out_;
  std::deque<Event> events_;
  Phase phase_ = Phase::handshake;
  int64_t phase_since_us_;

  struct Aggregate {
    Message message;
    size_t at = 0;
    std::optional<uint32_t> first_ms;
  };
  std::optional<Aggregate> aggregate_;

  uint64_t received_ = 0, acknowledged_at_ = 0, acknowledged_ = 0;
  uint32_t window_ = 0, sent_window_ = 0;
  uint64_t pings_ = 0;
  std::optional<int64_t> last_ms_;
  Leak controls_{1000, 100};
  Leak commands_{300, 50};
  Leak data_{3000, 1000};
  Leak data_bytes_{8.0 * 1024 * 1024, 1024.0 * 1024};
  /** Where `out_` stood when the last answer of the machine's own was added, and how many such bytes wait. */
  uint64_t answered_to_ = 0;
  size_t answers_ = 0;
};

}  // namespace rxgst::rtmp
