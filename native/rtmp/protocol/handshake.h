// The handshake of both roles: plain, and with the digests that Adobe's servers and clients know.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

enum class HandshakeStyle : uint8_t {
  /**
   * The first bytes are a plain handshake with a digest in its random part, as ffmpeg, librtmp and Flash write it; what
   * follows depends on the other end.
   */
  digest,
  /** The version is 0 and nothing is signed. */
  plain,
};

/** Numbers from a seed; nothing here needs secrecy. */
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  uint64_t next();
  void fill(uint8_t* data, size_t size);

 private:
  uint64_t state_;
};

class Handshake {
 public:
  static constexpr size_t part = 1536;

  Handshake(bool client, HandshakeStyle style, uint64_t seed) : client_(client), style_(style), chance_(seed) {}

  /** A client's first bytes. */
  std::vector<uint8_t> begin();

  enum class Progress : uint8_t { more, done, failed };
  /**
   * Takes bytes off the front of `bytes`.
   * @param answer what is to be sent, appended
   */
  Progress take(Bytes& bytes, std::vector<uint8_t>* answer);

  /** What was wrong, as part of a sentence. */
  const char* wrong() const { return wrong_; }
  /** Whether the other end signed its part. */
  bool signed_by_peer() const { return scheme_ >= 0; }

 private:
  /** Version, random bytes, and a digest by this scheme; −1: none. */
  std::vector<uint8_t> first_part(int scheme);
  void answer_first(std::vector<uint8_t>* answer);

  bool client_;
  HandshakeStyle style_;
  Chance chance_;
  std::optional<uint8_t> version_;
  std::vector<uint8_t> received_;
  /** Of the third part, which nobody checks: servers echo wrongly. */
  size_t third_ = 0;
  int scheme_ = -1;
  const char* wrong_ = nullptr;
};

}  // namespace rxgst::rtmp
