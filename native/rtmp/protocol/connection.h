// What both roles of RTMP share: handshake, chunks, control messages, bounds.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/chunks/chunk_reader.h"
#include "rtmp/chunks/chunk_writer.h"
#include "rtmp/chunks/outbox.h"
#include "rtmp/flood_rules.h"
#include "rtmp/protocol/events.h"
#include "rtmp/protocol/handshake.h"

namespace rxgst::rtmp {

/** What a stranger may cost. */
struct Bounds {
  /** Memory of messages that are not complete. */
  size_t bytes = 16 << 20;
  size_t chunk_streams = 64;
  size_t message_bytes = 16 << 20;
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
   * @return whether it was taken: a message has less than 16 MiB
   */
  bool send_media(MediaKind kind, uint32_t stream, int64_t timestamp_ms, Bytes head, Payload payload);
  /** A command or a data message that this class has no function for. */
  void send_command(uint32_t stream, const std::vector<amf::Value>& values);
  /** Any message as it is, for tests and for servers that are odd. */
  void send_message(const Message& message);
  /** Tells the other end, then cuts so. */
  void send_chunk_size(uint32_t bytes);
  void send_user_control(UserControl event, uint32_t first, std::optional<uint32_t> second = {});

 protected:
  Connection(bool client, HandshakeStyle style, const Bounds& bounds, uint64_t seed, int64_t now_us);

  struct Command {
    std::string name;
    double transaction = 0;
    std::vector<amf::Value> arguments;
    uint32_t stream = 0;
  };

  virtual void on_handshake() = 0;
  /** What it sends counts as an answer. */
  virtual void on_command(Command command) = 0;
  /** Any but a ping, which is answered already. */
  virtual void on_stream_event(UserControl event, uint32_t stream) = 0;
  /** Whether messages of a stream mean anything now. Others are not given, and are bounded. */
  virtual bool wants_media() const { return true; }
  /** Before the event is given; what a first picture means. */
  virtual void on_media(const MediaMessage& message) = 0;

  void tell(Event event) { events_.push_back(std::move(event)); }
  void enter(Phase phase);
  void set_now(int64_t now_us) { now_us_ = now_us; }
  void send_control(MessageType type, Bytes body);
  void send_window_size(uint32_t bytes);

  Chance chance_;

 private:
  struct Aggregate {
    Message message;
    size_t at = 0;
    /** Of the first tag, which stands for the message's own time. */
    std::optional<uint32_t> first_ms;
  };
  /** Bytes in `out_` that the machine sent by itself, up to this place in all that it ever sent. */
  struct Answer {
    uint64_t end;
    size_t size;
  };

  bool greet(Bytes& bytes);
  void fail(ProtocolError::Rule rule, std::string what);
  bool within_rates(const Message& message);
  void on_message(Message message);
  void on_control(const Message& message);
  void on_user_control(Bytes body);
  void read_command(const Message& message, bool amf3);
  void give_media(MediaKind kind, uint32_t stream, uint32_t timestamp_ms, Payload payload, bool amf3 = false);
  /** Each tag of an aggregate is a message. */
  void next_of_aggregate();
  void acknowledge();
  int64_t unwrapped(MediaKind kind, uint32_t timestamp_ms) const;
  void send_bytes(std::vector<uint8_t> bytes);
  template <class Send>
  void answer(Send send);

  int64_t now_us_;
  Bounds bounds_;
  bool client_;
  Handshake handshake_;
  ChunkReader reader_;
  ChunkWriter writer_;
  Outbox out_;
  /** Of one message, a few; those before `told_` were given. */
  std::vector<Event> events_;
  size_t told_ = 0;
  Phase phase_ = Phase::handshake;
  int64_t phase_since_us_;
  std::optional<Aggregate> aggregate_;

  uint64_t received_ = 0;
  /** What the last acknowledgement said, and the window after which the next one is due; 0: none is. */
  uint64_t acknowledged_at_ = 0;
  uint32_t window_ = 0;
  uint32_t sent_window_ = 0;
  uint64_t acknowledged_ = 0, sent_at_acknowledgement_ = 0;
  uint64_t pings_ = 0;
  /** Times of media: of the last message, and of the last one with sound and with pictures. */
  std::optional<int64_t> last_ms_;
  std::array<std::optional<int64_t>, 2> kind_last_ms_;
  /** Messages, with room for so many at once, and so many a second. */
  Leak controls_{1000, 100};
  Leak commands_{300, 50};
  Leak data_{3000, 1000};
  Leak data_bytes_{8.0 * 1024 * 1024, 1024.0 * 1024};
  /** Bytes of media that nobody asked for: what a login or a test of bandwidth may have beside it. */
  Leak unwanted_{128.0 * 1024, 4096};
  std::deque<Answer> answers_;
  size_t answer_bytes_ = 0;
};

}  // namespace rxgst::rtmp
