// One stream that outlives its connections: where a server wishes to be left, the next one comes before the last ends.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/flood_rules.h"
#include "rtmp/io/session.h"
#include "rtmp/io/splice.h"
#include "rtmp/tags/frame.h"

namespace rxgst::rtmp {

/**
 * A session, and beside it another one while a server's wish is followed (ReconnectRequest). A player hears the old one
 * until the new one gives what comes next (`Splice`); a publisher sends to the old one up to a keyframe, which goes to
 * the new one behind the stream's description and configurations. If the new one fails, the old one goes on.
 */
class LiveStream final : public std::enable_shared_from_this<LiveStream> {
 public:
  static std::shared_ptr<LiveStream> create(SessionOptions options, std::shared_ptr<SessionListener> listener);

  // Any thread; none of these waits. As those of `Session`

  void start();
  void resume();
  void send(MediaKind kind, int64_t timestamp_ms, Bytes head, Payload payload);
  size_t waiting_messages() const { return waiting(&Session::waiting_messages); }
  size_t waiting_bytes() const { return waiting(&Session::waiting_bytes); }
  void finish();
  void close();
  /** Whether a server's wish waits for `follow()`: the stream has a time by which its server must be asked. */
  bool waits_to_follow() const { return options_.publish_by_us != 0; }
  /** Follows the last wish of the present server, if there is one; the next server must be asked by then. */
  void follow(int64_t publish_by_us);
  SessionStats stats() const;
  /** A text without the stream's name, the password, and what else the addresses keep to themselves. */
  std::string masked(std::string text) const;

 private:
  /** Hears one session. */
  class Ear;
  enum class Part : uint8_t { present, next, leaving, past };
  struct Description {
    std::vector<uint8_t> head;
    Payload payload;
  };

  LiveStream(SessionOptions options, std::shared_ptr<SessionListener> listener);

  Part part_of(uint32_t session) const;

  // The I/O thread
  bool on_media(uint32_t session, MediaMessage message);
  bool on_told(uint32_t session, Event event);
  void on_sent(uint32_t session);
  void on_over(uint32_t session, std::optional<Failure> failure);
  void move_to(const std::string& url, int64_t publish_by_us);
  bool go_over();
  void end(std::optional<Failure> failure);

  size_t waiting(size_t (Session::*what)() const) const;
  // With mutex_
  void note_description(MediaKind kind, Bytes head, const Payload& payload, const std::optional<Frame>& frame);
  void send_descriptions(int64_t timestamp_ms);
  void retire_current();

  const SessionOptions options_;

  // The I/O thread alone
  std::shared_ptr<SessionListener> listener_;
  /** Of a player that moves, and of one that has moved. */
  std::optional<Splice> splice_, moved_;
  Splice::Times last_ms_;
  std::optional<Failure> held_failure_;
  /** Where the present server wishes the stream to be. */
  std::optional<std::string> wish_;
  Leak moves_{3, 1.0 / 30};

  mutable std::mutex mutex_;
  // Guarded by mutex_
  Target target_;
  std::shared_ptr<Session> current_, next_, leaving_;
  uint32_t current_number_ = 0, next_number_ = 0, leaving_number_ = 0, last_number_ = 0;
  /** The present session is over, and the next one is on its way. */
  bool between_ = false;
  bool next_started_ = false, closed_ = false, has_pictures_ = false;
  std::optional<Description> metadata_;
  /** Sound and pictures. */
  std::array<std::optional<Payload>, 2> configurations_;
  /** Of the sessions before. */
  SessionStats before_;
};

}  // namespace rxgst::rtmp
