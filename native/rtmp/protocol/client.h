// A client of RTMP: plays one stream, or publishes one.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rtmp/protocol/connection.h"
#include "rtmp/protocol/login.h"

namespace rxgst::rtmp {

struct ClientOptions {
  Role role = Role::play;
  /** As `core/url` divides an address; `tc_url` has neither user nor stream. */
  std::string app, stream, tc_url;
  /** Empty: as ffmpeg plays, as OBS publishes. */
  std::string flash_version;
  std::string swf_url, page_url;
  /** Added to the object of `connect`, and behind it. */
  std::vector<std::pair<std::string, amf::Value>> properties;
  std::vector<amf::Value> arguments;
  Capabilities capabilities;

  Credentials credentials;
  /** What `LoginWanted` said; goes behind the application and `tc_url`. */
  std::string login_query;

  HandshakeStyle handshake = HandshakeStyle::digest;
  /** What OBS sends, and every server takes. */
  uint32_t chunk_size = 4096;
  /** Played: what the server may send ahead. */
  uint32_t buffer_length_ms = 3000;
  /** −2000: live, or else recorded; −1000: live. */
  double play_start_ms = -2000;
  /** Played: `FCSubscribe` and `getStreamLength` besides, which some content networks want. */
  bool fc_subscribe = false;
  bool get_stream_length = false;
  /** For the handshake's random bytes and a login's challenge. */
  uint64_t seed = 0;
  Bounds bounds;
};

/**
 * From its making on it has bytes to send. Events: `Connected`, `Started`, `MediaMessage`, `Status`, `PublisherGone`,
 * `PublisherBack`, `Ended`, `Called`, `ReconnectRequested`; and as the last one `Refused`, `LoginWanted`, `Redirected`
 * or `ProtocolError`.
 */
class Client final : public Connection {
 public:
  Client(ClientOptions options, int64_t now_us);

  /** The message stream that createStream gave; 0: none yet. */
  uint32_t stream() const { return stream_; }
  /** Whether media may be sent. */
  bool may_send() const { return publishes() && phase() == Phase::live; }
  /** Of the client's own stream. False: it may not be sent yet, or any more, or it has 16 MiB. */
  bool send(MediaKind kind, int64_t timestamp_ms, Bytes head, Payload payload) {
    return may_send() && send_media(kind, stream_, timestamp_ms, head, std::move(payload));
  }

  /** A server that never answers `publish`: whoever waited long enough goes on; the next `take` gives `Started`. */
  void assume_started(int64_t now_us);

  /** Says goodbye: FCUnpublish, deleteStream. What waits in `out()` should still be sent. */
  void finish(int64_t now_us);

  /** The other end closed the connection, or it broke. No code: it was over, and said why. */
  std::optional<Refusal> closed() const;
  /** The phase outlasted its deadline. */
  Refusal expired() const { return refusal_of_silence(phase()); }

 private:
  void on_handshake() override;
  void on_command(Command command) override;
  void on_stream_event(UserControl event, uint32_t stream) override;
  bool wants_media() const override;
  void on_media(const MediaMessage& message) override;

  void send_connect();
  void create_stream();
  void send_start();
  void on_result(const Command& command);
  void on_error(const Command& command);
  void on_connect_answer(const Command& command, bool refused);
  void on_refused_connection(const amf::Value& information);
  void on_status(const Command& command);
  void on_stream_created(const Command& command);
  void on_bandwidth_question(const Command& command);
  void on_play_status(Bytes data);
  /** A status that can only refuse: other codes in it mean nothing. */
  void on_answer_besides(const Command& command);
  void refuse(const ServerWords& words);
  void end_with(Event event);
  void start(bool told);
  void publisher_gone(PublisherGone::How how);
  void publisher_back();
  /** Returns the transaction. */
  double call(uint32_t stream, const char* name, std::vector<amf::Value> arguments);
  std::string with_login(const std::string& address) const;
  bool publishes() const { return options_.role == Role::publish; }

  ClientOptions options_;
  uint32_t stream_ = 0;
  double transaction_ = 0;
  double connect_ = 0, create_ = 0, start_ = 0;
  bool gone_ = false;
  bool bandwidth_checked_ = false;
  int bandwidth_questions_ = 0;
  /** What the server last said of an error that refuses nothing by itself: it may be why it hangs up. */
  ServerWords complaint_;
};

}  // namespace rxgst::rtmp
