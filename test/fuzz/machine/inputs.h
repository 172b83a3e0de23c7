// What the first byte of an input means, and the handshakes that come before most of them.
#pragma once
#include <cstdint>
#include <vector>

#include "rtmp/protocol/handshake.h"

namespace fuzz {

enum class Input : uint8_t {
  player,
  publisher,
  client_from_the_start,
  server,
  server_from_the_start,
  player_messages,
  publisher_messages,
  server_messages,
  amf0,
  amf3,
  amf_message,
  video,
  audio,
  texts,
  count,
};

/** Version, part and echo; nothing is signed. */
inline std::vector<uint8_t> server_handshake() {
  std::vector<uint8_t> out(1 + 2 * rxgst::rtmp::Handshake::part);
  out[0] = 3;
  return out;
}
inline std::vector<uint8_t> client_handshake() { return server_handshake(); }

}  // namespace fuzz
