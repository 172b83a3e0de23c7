// What a connection tells its owner.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "rtmp/amf/value.h"
#include "rtmp/chunks/bytes.h"
#include "rtmp/protocol/capabilities.h"
#include "rtmp/protocol/refusal.h"

namespace rxgst::rtmp {

// Of both roles

enum class MediaKind : uint8_t { audio, video, data };

/** A message of a stream, plain or from an aggregate. The payload is the receiver's for as long as it likes. */
struct MediaMessage {
  MediaKind kind{};
  uint32_t stream = 0;
  /** Goes on where the 32 bits of the wire begin anew; all kinds of a connection share one line of time, which media
   * alone make. */
  int64_t timestamp_ms = 0;
  Payload payload;
  /** Data of type 15: `amf::read_message` has to know. */
  bool amf3 = false;
};

/** A command that neither side of this machine needs. */
struct Called {
  std::string name;
  double transaction = 0;
  uint32_t stream = 0;
  std::vector<amf::Value> arguments;
};

/** The other end broke the protocol or a bound; nothing more is taken. */
struct ProtocolError {
  /** Which rule was broken. */
  enum class Rule : uint8_t { handshake, chunks, memory, message, amf, floods, unread_answers };
  Rule rule{};
  /** A whole sentence, without anything of a key. */
  std::string text;
  /** Where it was. */
  Phase phase = Phase::over;
};

// Of a client

/** `connect` was accepted. */
struct Connected {
  amf::Value properties, information;
  Capabilities server;
};

/** The server accepts `play` or `publish`. */
struct Started {
  /** False: no status said so, but media came. */
  bool told = true;
};

/** A status that changes nothing. */
struct Status {
  ServerWords words;
  uint32_t stream = 0;
};

/** The publisher is gone and the server stays: UnpublishNotify, StreamEOF or StreamDry. */
struct PublisherGone {
  enum class How : uint8_t { unpublished, eof, dry };
  How how{};
};

/** PublishNotify or StreamBegin after `PublisherGone`; media alone say it, too. */
struct PublisherBack {};

/** What was played is at its end. */
struct Ended {
  ServerWords words;
};

struct Refused {
  Refusal refusal;
};

/** Make a new connection, with `query` as `ClientOptions::login_query`: the server closes this one. */
struct LoginWanted {
  std::string query;
};

/** The stream is elsewhere. How often to follow, and to which schemes and hosts, is for the owner to decide. */
struct Redirected {
  std::string url;
};

/** The server wishes to be left: connect to `tc_url`, then close this connection, which goes on meanwhile. */
struct ReconnectRequested {
  /** Absolute, made of what the server said and the address of this connection. */
  std::string tc_url;
  std::string description;
};

/** The stream goes on at the address that the server asked for; what owns connections tells it. */
struct Moved {};

// Of a server

/** Answer by `accept_connect`, `reject_connect` or `redirect`. */
struct ConnectRequested {
  std::string app, tc_url, flash_version;
  amf::Value object;
  std::vector<amf::Value> arguments;
  Capabilities client;
};

/** Answer by `accept_publish` or `reject`. */
struct PublishRequested {
  uint32_t stream = 0;
  std::string name, type;
};

/** Answer by `accept_play` or `reject`. */
struct PlayRequested {
  uint32_t stream = 0;
  std::string name;
  double start_ms = -2000;
};

/** The client lets go of a stream: FCUnpublish, closeStream, deleteStream. */
struct StreamClosed {
  uint32_t stream = 0;
};

using Event = std::variant<MediaMessage, Called, ProtocolError, Connected, Started, Status, PublisherGone,
                           PublisherBack, Ended, Refused, LoginWanted, Redirected, ReconnectRequested, Moved,
                           ConnectRequested, PublishRequested, PlayRequested, StreamClosed>;

}  // namespace rxgst::rtmp
