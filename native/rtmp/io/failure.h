// Why a session is over, for people and for programs.
#pragma once
#include <string>

#include "rtmp/io/connector.h"
#include "rtmp/protocol/events.h"
#include "rtmp/protocol/refusal.h"

namespace rxgst::rtmp {

struct Failure {
  /** Of docs/errors.md. */
  std::string code;
  /** A sentence, without anything of a key. */
  std::string text;
  /** Where it was: `resolve`, `tcp`, `tls`, `handshake`, `connect`, `createStream`, `play`, `publish`, `media`, `live`.
   */
  std::string phase;
  /** The server's own words, bounded and masked; empty: it said nothing. */
  std::string server_code, server_text;
  /** The connection ended without a word, where the server should have answered. */
  bool silent = false;
  /** How long the server had taken the stream, as it said; 0: it never said so. */
  int64_t accepted_us = 0;
};

const char* name_of(Phase phase, Role role);
Failure failure_of(const Refusal& refusal, Role role);
/** Bytes that make no messages, in place of an answer to `connect`, are no RTMP; later they are a bad stream. */
Failure failure_of(const ProtocolError& error, Role role);
/** An attempt to connect outlasted its deadline. */
Failure failure_of(ConnectStep step);

}  // namespace rxgst::rtmp
