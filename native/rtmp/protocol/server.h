// A server of RTMP: one connection of a client that plays or publishes.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rtmp/protocol/connection.h"

namespace rxgst::rtmp {

struct ServerOptions {
  HandshakeStyle handshake = HandshakeStyle::digest;
  uint32_t chunk_size = 4096;
  uint32_t window_bytes = 2'500'000;
  Capabilities capabilities;
  uint64_t seed = 0;
  Bounds bounds;
};

/**
 * Events: `ConnectRequested`, `PublishRequested`, `PlayRequested`, `StreamClosed`, `MediaMessage`, `Called`, and as the
 * last one `ProtocolError`. Its phases are those of a client, as far as they show: `connect` until that was accepted,
 * `create_stream` until a stream is, `start` until play or publish is accepted, then `live`.
 */
class Server final : public Connection {
 public:
  Server(ServerOptions options, int64_t now_us);

  void accept_connect();
  void reject_connect(std::string_view code, std::string_view description);
  /** To another address, as `ex.redirect`. */
  void redirect(std::string_view url);

  void accept_publish(uint32_t stream);
  void accept_play(uint32_t stream);
  /** Refuses play or publish: `NetStream.Publish.Denied` and its like. */
  void reject(uint32_t stream, std::string_view code, std::string_view description);

  void send_status(uint32_t stream, std::string_view level, std::string_view code, std::string_view description);
  /** Asks the client to connect anew; empty: to where it is now. */
  void request_reconnect(std::string_view tc_url, std::string_view description);

 private:
  void on_handshake() override;
  void on_command(Command command) override;
  void on_stream_event(UserControl event, uint32_t stream) override;
  void on_media(const MediaMessage& message) override;

  void on_connect(Command command);
  void refuse_connect(amf::Value information);
  void on_create(const Command& command);
  void on_publish(const Command& command);
  void on_play(const Command& command);
  void on_unpublish(const std::string& name);
  void on_delete(const amf::Value& stream);
  void close_stream(uint32_t stream);

  /** Of one connection: known clients have one or two. */
  static constexpr size_t most_streams = 16;

  ServerOptions options_;
  double connect_transaction_ = 1;
  bool connecting_ = false, connected_ = false;
  uint32_t next_stream_ = 1;
  /** The name of what is published or played there; empty: nothing. */
  std::map<uint32_t, std::string> streams_;
};

}  // namespace rxgst::rtmp
