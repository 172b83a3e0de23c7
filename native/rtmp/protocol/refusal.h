// Who says no, and how: what a server's words, or its silence, mean.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rtmp/amf/value.h"

namespace rxgst::rtmp {

/** Where a connection is. Each phase has a deadline, which its owner keeps. */
enum class Phase : uint8_t {
  handshake,
  connect,
  create_stream,
  /** `play` or `publish` was sent; nothing says yet that it was accepted. */
  start,
  /** Playing: accepted, and no picture or sound has come. */
  first_media,
  live,
  /** Refused, ended by a protocol error, or closed: nothing more is taken. */
  over,
};

enum class Role : uint8_t { play, publish };

/** Codes of docs/errors.md that this machine gives. */
enum class RefusalKind : uint8_t {
  handshake,
  connect_rejected,
  authentication,
  publish_rejected,
  play_rejected,
  name_in_use,
  connection_lost,
  connect_timeout,
};

/** `ERR_CONNECT_REJECTED` and its like. */
const char* code_of(RefusalKind kind);

struct Refusal {
  RefusalKind kind = RefusalKind::connection_lost;
  /** Where the connection was when it came. */
  Phase phase = Phase::connect;
  /** The server's words, at most 128 and 512 bytes, on one line; empty: it said nothing. They may quote the key. */
  std::string server_code;
  std::string description;
  /** The connection ended without a word. */
  bool silent = false;
};

/** An information object: `level`, `code`, `description`. */
struct ServerWords {
  std::string level, code, description;
};
ServerWords words_of(const amf::Value& information);

/** What an information object of onStatus means to a client. */
enum class StatusMeaning : uint8_t {
  harmless,
  started,
  publisher_gone,
  publisher_back,
  ended,
  reconnect,
  refused,
};
StatusMeaning meaning_of(const ServerWords& words, Role role);

/** The answer to `connect` may refuse as `_result`, too. */
bool refuses_connection(const ServerWords& words);

/** @param phase where the connection is when the words come */
Refusal refusal_of(const ServerWords& words, Phase phase, Role role);

/** The server, or the network, closed the connection in this phase, and nobody said why. */
Refusal refusal_of_close(Phase phase, Role role);

/** The phase outlasted its deadline. */
Refusal refusal_of_silence(Phase phase);

/** At most `most` bytes of UTF-8, bytes that are no UTF-8 as U+FFFD. Who shows it makes control characters visible. */
std::string bounded_text(std::string_view text, size_t most);

}  // namespace rxgst::rtmp
