// One stream that is played or published: over one connection, or several where a server wants a login or sends us on.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/io/byte_stream.h"
#include "rtmp/io/connector.h"
#include "rtmp/io/failure.h"
#include "rtmp/io/loop.h"
#include "rtmp/protocol/client.h"

namespace rxgst::rtmp {

/** Where a stream is. */
struct Target {
  Place place;
  std::string app, stream;
  /** Empty: made of the others. */
  std::string tc_url;
};

struct SessionOptions {
  Role role = Role::play;
  Target target;
  Credentials credentials;
  /** From the beginning until the server has accepted `play` or `publish`. */
  int64_t timeout_us = 5'000'000;
  /** Played: from then until something of the stream comes; 0: as long as it takes. */
  int64_t media_timeout_us = 0;
  /** Published: by then the server must have been asked for the stream, or it is not asked; 0: at any time. */
  int64_t publish_by_us = 0;
  /** The server's pictures are wanted soon: each read is acknowledged at once. */
  bool prompt = true;
};

/** Hears what comes of a session, in the I/O thread: nothing here may wait. Lives as long as the session. */
class SessionListener {
 public:
  virtual ~SessionListener() = default;
  /** @return whether there is room for more; if not, nothing is read until `Session::resume()` */
  virtual bool on_media(MediaMessage message) = 0;
  /** What is no media. @return as `on_media` */
  virtual bool on_told(Event event) = 0;
  /** Some of what waited has left. */
  virtual void on_sent() = 0;
  /** The last call, unless the session was closed before. Nothing: it has finished. */
  virtual void on_over(std::optional<Failure> failure) = 0;
};

struct SessionStats {
  bool started = false;
  uint64_t in_bytes = 0, out_bytes = 0, out_acknowledged = 0;
  /** Nothing: there is no connection. */
  std::optional<TcpCounters> tcp;
  uint64_t pings = 0;
  /** What goes on: `tcp` (all that comes before RTMP), or the name of a phase. */
  const char* phase = "";
};

class Session final : public IoHandler, public std::enable_shared_from_this<Session> {
 public:
  static std::shared_ptr<Session> create(SessionOptions options, std::shared_ptr<SessionListener> listener);

  // Any thread; none of these waits

  void start();
  /** Reads on. */
  void resume();
  /** Queues a message; `on_sent` is called when it has left. After the end of the session it is dropped. */
  void send(MediaKind kind, int64_t timestamp_ms, Bytes head, Payload payload);
  /** Messages and bytes that `send` took and the socket has not. */
  size_t waiting_messages() const { return waiting_messages_; }
  size_t waiting_bytes() const { return waiting_bytes_; }
  /** Says goodbye behind what waits; `on_over` tells when that has left. */
  void finish();
  /** The listener hears nothing more; what still waits has a moment to leave. */
  void close();
  SessionStats stats() const;

 private:
  struct Outgoing {
    MediaKind kind;
    int64_t timestamp_ms;
    std::array<uint8_t, 32> head;
    size_t head_size;
    Payload payload;
    size_t size() const { return head_size + payload.bytes.size(); }
  };
  enum class State : uint8_t { idle, connecting, open, finishing, over };

  Session(SessionOptions options, std::shared_ptr<SessionListener> listener)
      : options_(std::move(options)),
        target_(options_.target),
        credentials_(options_.credentials),
        listener_(std::move(listener)) {}

  void on_ready(uint32_t events) override;
  void on_deadline() override;

  // The I/O thread alone
  void begin();
  void connect();
  void on_connected(uint32_t attempt, ConnectResult result);
  void read();
  void read_on();
  /** False: the connection is another, or over. */
  bool take(Bytes bytes);
  void on_event(Event event);
  void follow(const std::string& url);
  void write();
  bool is_late() const;
  void fail_late();
  void move_pending();
  void note_progress();
  void watch();
  void arm();
  void begin_finish();
  void half_close();
  void disconnect();
  void fail(Failure failure);
  void end(std::optional<Failure> failure);
  void on_stream_over();

  const SessionOptions options_;
  Target target_;
  /** Of the server that is connected to: another one gets none. */
  Credentials credentials_;
  std::shared_ptr<SessionListener> listener_;
  /** Itself, while the loop may call it. */
  std::shared_ptr<Session> kept_;

  State state_ = State::idle;
  std::unique_ptr<ConnectAttempt> attempt_;
  uint32_t attempts_ = 0;
  int redirects_ = 0, logins_ = 0;
  std::string login_query_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<Client> client_;
  /** What came and was not taken, since the listener had no room. */
  std::vector<uint8_t> held_;
  bool paused_ = false;
  /** Another turn comes, with what is held and with what the socket has. */
  bool yields_ = false;
  int64_t turn_began_us_ = 0;
  bool wants_write_ = false;
  /** `publish` has left. */
  bool asked_ = false;
  bool half_closed_ = false, write_broken_ = false;
  int64_t started_at_us_ = 0, accepted_at_us_ = 0, finished_at_us_ = 0, armed_us_ = 0;
  /** Where in all that leaves each message ends. */
  std::deque<std::pair<uint64_t, size_t>> ends_;

  mutable std::mutex mutex_;
  // Guarded by mutex_
  std::vector<Outgoing> pending_;
  bool ended_ = false;
  int fd_ = -1;

  std::atomic<bool> closed_{false};
  std::atomic<size_t> waiting_messages_{0}, waiting_bytes_{0};
  std::atomic<bool> started_{false};
  std::atomic<const char*> phase_{"tcp"};
  std::atomic<uint64_t> in_bytes_{0}, out_bytes_{0}, out_acknowledged_{0}, pings_{0};
};

}  // namespace rxgst::rtmp
