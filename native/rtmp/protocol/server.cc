#include "rtmp/protocol/server.h"

#include <utility>

#include "rtmp/amf/writer.h"
#include "rtmp/protocol/command.h"

namespace rxgst::rtmp {

namespace {

using amf::Value;

Value status_of(std::string_view level, std::string_view code, std::string_view description) {
  return Value::object().add("level", level).add("code", code).add("description", description);
}

/** 2: the other end may change it. */
constexpr uint8_t dynamic_limit = 2;

}  // namespace

Server::Server(ServerOptions options, int64_t now_us)
    : Connection(false, options.handshake, options.bounds, options.seed, now_us), options_(std::move(options)) {}

void Server::on_handshake() {}

void Server::on_command(Command command) {
  const std::string& name = command.name;
  if (name == "connect") return on_connect(std::move(command));
  // Before that, nothing of a client means anything.
  if (!connected_) return;
  const auto result = [&](Value value) {
    if (command.transaction != 0) send_command(0, {"_result", command.transaction, Value::null(), std::move(value)});
  };
  if (name == "createStream") return on_create(command);
  if (name == "publish") return on_publish(command);
  if (name == "play") return on_play(command);
  if (name == "deleteStream") return on_delete(argument(command.arguments, 1));
  if (name == "closeStream") return close_stream(command.stream);
  if (name == "FCPublish") {
    send_command(0, {"onFCPublish", 0, Value::null(), status_of("status", "NetStream.Publish.Start", "")});
    return result({});
  }
  if (name == "FCUnpublish") return on_unpublish(text_argument(command.arguments, 1));
  if (name == "releaseStream" || name == "_checkbw") return result({});
  if (name == "getStreamLength") return result(0);
  tell(Called{name, command.transaction, command.stream, std::move(command.arguments)});
}

void Server::on_connect(Command command) {
  if (connected_ || connecting_) return;
  connecting_ = true;
  connect_transaction_ = command.transaction;
  ConnectRequested request;
  if (!command.arguments.empty()) {
    request.object = std::move(command.arguments[0]);
    command.arguments.erase(command.arguments.begin());
  }
  request.app = request.object.text_of("app");
  request.tc_url = request.object.text_of("tcUrl");
  request.flash_version = request.object.text_of("flashVer");
  request.arguments = std::move(command.arguments);
  request.client = read_capabilities(request.object);
  tell(std::move(request));
}

void Server::accept_connect() {
  if (phase() != Phase::connect) return;
  connected_ = true;
  enter(Phase::create_stream);
  send_window_size(options_.window_bytes);
  uint8_t bandwidth[5];
  put_number(bandwidth, options_.window_bytes, 4);
  bandwidth[4] = dynamic_limit;
  send_control(MessageType::peer_bandwidth, bandwidth);
  send_chunk_size(options_.chunk_size);
  Value properties = Value::object().add("fmsVer", "FMS/3,5,7,7009").add("capabilities", 31).add("mode", 1);
  add_capabilities(&properties, options_.capabilities);
  Value information = status_of("status", "NetConnection.Connect.Success", "Connection succeeded.");
  information.add("objectEncoding", 0);
  send_command(0, {"_result", connect_transaction_, std::move(properties), std::move(information)});
}

void Server::refuse_connect(Value information) {
  if (phase() != Phase::connect) return;
  send_command(0, {"_error", connect_transaction_, Value::null(), std::move(information)});
  enter(Phase::over);
}

void Server::reject_connect(std::string_view code, std::string_view description) {
  refuse_connect(status_of("error", code, description));
}

void Server::redirect(std::string_view url) {
  refuse_connect(status_of("error", "NetConnection.Connect.Rejected", "Moved.")
                     .add("ex", Value::object().add("code", 302).add("redirect", url)));
}

void Server::on_create(const Command& command) {
  if (streams_.size() == most_streams) {
    send_command(0, {"_error", command.transaction, Value::null(),
                     status_of("error", "NetConnection.Call.Failed", "Too many streams.")});
    return;
  }
  const uint32_t stream = next_stream_++;
  streams_.emplace(stream, std::string());
  if (phase() == Phase::create_stream) enter(Phase::start);
  send_command(0, {"_result", command.transaction, Value::null(), static_cast<double>(stream)});
}

void Server::on_publish(const Command& command) {
  const auto found = streams_.find(command.stream);
  if (found == streams_.end()) return reject(command.stream, "NetStream.Publish.Denied", "No such message stream.");
  found->second = text_argument(command.arguments, 1);
  tell(PublishRequested{command.stream, found->second, text_argument(command.arguments, 2)});
}

void Server::on_play(const Command& command) {
  const auto found = streams_.find(command.stream);
  if (found == streams_.end()) return reject(command.stream, "NetStream.Play.Failed", "No such message stream.");
  found->second = text_argument(command.arguments, 1);
  PlayRequested request{command.stream, found->second};
  const Value& start = argument(command.arguments, 2);
  if (start.is(Value::Type::number)) request.start_ms = start.number;
  tell(std::move(request));
}

void Server::on_unpublish(const std::string& name) {
  send_command(0, {"onFCUnpublish", 0, Value::null(), status_of("status", "NetStream.Unpublish.Success", "")});
  for (const auto& [stream, published] : streams_) {
    if (!name.empty() && published == name) return close_stream(stream);
  }
}

void Server::on_delete(const Value& stream) {
  if (!stream.is(Value::Type::number) || !(stream.number >= 0 && stream.number <= UINT32_MAX)) return;
  const auto id = static_cast<uint32_t>(stream.number);
  close_stream(id);
  streams_.erase(id);
}

void Server::close_stream(uint32_t stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || found->second.empty()) return;
  found->second.clear();
  tell(StreamClosed{stream});
}

void Server::accept_publish(uint32_t stream) {
  send_user_control(UserControl::stream_begin, stream);
  send_status(stream, "status", "NetStream.Publish.Start", "Publishing.");
  enter(Phase::live);
}

void Server::accept_play(uint32_t stream) {
  send_user_control(UserControl::stream_begin, stream);
  send_status(stream, "status", "NetStream.Play.Reset", "Playing and resetting.");
  send_status(stream, "status", "NetStream.Play.Start", "Started playing.");
  // Flash Player shows no sound or picture to programs without it.
  const auto access = amf::write_amf0({"|RtmpSampleAccess", true, true});
  send_media(MediaKind::data, stream, 0, {}, Payload::of(access));
  enter(Phase::live);
}

void Server::reject(uint32_t stream, std::string_view code, std::string_view description) {
  send_status(stream, "error", code, description);
}

void Server::send_status(uint32_t stream, std::string_view level, std::string_view code, std::string_view description) {
  send_command(stream, {"onStatus", 0, Value::null(), status_of(level, code, description)});
}

void Server::request_reconnect(std::string_view tc_url, std::string_view description) {
  Value information = status_of("status", "NetConnection.Connect.ReconnectRequest", description);
  if (!tc_url.empty()) information.add("tcUrl", tc_url);
  send_command(0, {"onStatus", 0, Value::null(), std::move(information)});
}

void Server::on_stream_event(UserControl, uint32_t) {}

void Server::on_media(const MediaMessage&) {}

}  // namespace rxgst::rtmp
