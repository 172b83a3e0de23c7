#include "rtmp/io/failure.h"

#include <glib.h>

#include <utility>

namespace rxgst::rtmp {

namespace {

std::string sentence(const Refusal& refusal, Role role) {
  const std::string where = name_of(refusal.phase, role);
  switch (refusal.kind) {
    case RefusalKind::handshake:
      return "The server closed the connection during the handshake";
    case RefusalKind::connect_rejected:
      return refusal.silent ? "The server closed the connection instead of an answer to connect"
                            : "The server refused the connection";
    case RefusalKind::authentication:
      return "The server does not accept the user name and password";
    case RefusalKind::publish_rejected:
      return refusal.silent ? "The server closed the connection instead of accepting the stream"
                            : "The server refused the publication";
    case RefusalKind::play_rejected:
      return refusal.silent ? "The server closed the connection before it sent anything of the stream"
                            : "The server refused to play the stream";
    case RefusalKind::name_in_use:
      return "The server says that the name is in use";
    case RefusalKind::connection_lost:
      return refusal.silent ? "The server closed the connection" : "The server ended the stream";
    case RefusalKind::connect_timeout:
      if (refusal.phase == Phase::first_media) return "The server accepted the stream, and sent nothing of it in time";
      return "The server did not answer in time (" + where + ")";
  }
  return "";
}

}  // namespace

const char* name_of(Phase phase, Role role) {
  switch (phase) {
    case Phase::handshake:
      return "handshake";
    case Phase::connect:
      return "connect";
    case Phase::create_stream:
      return "createStream";
    case Phase::start:
      return role == Role::play ? "play" : "publish";
    case Phase::first_media:
      return "media";
    case Phase::live:
      return "live";
    case Phase::over:
      return "over";
  }
  return "";
}

Failure failure_of(const Refusal& refusal, Role role) {
  return {code_of(refusal.kind), sentence(refusal, role), name_of(refusal.phase, role),
          refusal.server_code,   refusal.description,     refusal.silent};
}

Failure failure_of(const ProtocolError& error, Role role) {
  using Rule = ProtocolError::Rule;
  const bool nonsense = error.rule == Rule::chunks || error.rule == Rule::memory;
  const bool instead = error.phase == Phase::connect && nonsense;
  const bool foreign = error.phase == Phase::handshake || instead;
  std::string text = error.text;
  if (instead) text = "the server does not speak RTMP: " + text;
  if (!text.empty()) text[0] = static_cast<char>(g_ascii_toupper(text[0]));
  return {foreign ? "ERR_HANDSHAKE" : "ERR_BAD_STREAM", std::move(text), name_of(error.phase, role), {}, {}, false};
}

Failure failure_of(ConnectStep step) {
  switch (step) {
    case ConnectStep::resolve:
      return {"ERR_HOST_NOT_FOUND", "The host name did not resolve in time", "resolve", {}, {}, true};
    case ConnectStep::tcp:
      return {"ERR_CONNECT_TIMEOUT", "The server did not take the connection in time", "tcp", {}, {}, true};
    case ConnectStep::tls:
      return {"ERR_TLS", "The server did not answer the TLS handshake in time", "tls", {}, {}, true};
  }
  return {};
}

}  // namespace rxgst::rtmp
