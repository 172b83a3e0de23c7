#include "rtmp/protocol/handshake.h"

#include <algorithm>

#include "rtmp/protocol/hashes.h"

namespace rxgst::rtmp {

namespace {

constexpr uint8_t rtmp_version = 3;
/** Above, it is the letter of some other protocol. */
constexpr uint8_t most_version = 31;
/** A TLS alert or handshake record, and its major version, which is 3 as well. */
constexpr uint8_t tls_alert = 21, tls_handshake = 22;
constexpr size_t digest_size = 32;
/** Where the version lies in a part, behind four bytes of time. */
constexpr size_t version_at = 4;
/** Of Flash Player 9.0.124.2, and of a server that knows H.264. */
constexpr uint8_t client_version[] = {9, 0, 124, 2}, server_version[] = {4, 5, 0, 1};

/** Both are public: they prove nothing, and some servers send H.264 only to those who know them. */
constexpr std::string_view client_key = "Genuine Adobe Flash Player 001";
constexpr std::string_view server_key = "Genuine Adobe Flash Media Server 001";
constexpr uint8_t second_half[] = {0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0,
                                   0xd1, 0x02, 0x9e, 0x7e, 0x57, 0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80,
                                   0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae};

std::vector<uint8_t> whole_key(bool of_client) {
  std::vector<uint8_t> key;
  append_text(&key, of_client ? client_key : server_key);
  key.insert(key.end(), std::begin(second_half), std::end(second_half));
  return key;
}

/** Four bytes say where the digest lies; where those lie is the scheme. */
size_t digest_at(Bytes part, int scheme) {
  const size_t base = scheme == 0 ? 8 : 772;
  size_t sum = 0;
  for (size_t i = 0; i < 4; ++i) sum += part[base + i];
  return base + 4 + sum % 728;
}

/** Of everything but the digest's own place. */
Sha256 digest_of(Bytes part, size_t at, bool of_client) {
  return hmac_sha256(bytes_of(of_client ? client_key : server_key), part.first(at), part.subspan(at + digest_size));
}

/** −1: the part has no digest. */
int scheme_of(Bytes part, bool of_client) {
  for (int scheme = 0; scheme < 2; ++scheme) {
    const size_t at = digest_at(part, scheme);
    const Sha256 digest = digest_of(part, at, of_client);
    if (std::equal(digest.begin(), digest.end(), part.begin() + static_cast<ptrdiff_t>(at))) return scheme;
  }
  return -1;
}

/** The last 32 bytes of an answer sign the rest of it by the digest that it answers. */
void sign(uint8_t* part, Bytes digest, bool of_client) {
  const Sha256 key = hmac_sha256(whole_key(of_client), digest);
  const size_t body = Handshake::part - digest_size;
  const Sha256 signature = hmac_sha256(key, Bytes(part, body));
  std::copy(signature.begin(), signature.end(), part + body);
}

}  // namespace

uint64_t Chance::next() {
  // SplitMix64.
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

void Chance::fill(uint8_t* data, size_t size) {
  for (size_t at = 0; at < size; at += 8) {
    const uint64_t bits = next();
    std::memcpy(data + at, &bits, std::min<size_t>(8, size - at));
  }
}

std::vector<uint8_t> Handshake::first_part(int scheme) {
  std::vector<uint8_t> bytes(part);
  chance_.fill(bytes.data() + 8, part - 8);
  if (scheme < 0) return bytes;
  std::copy_n(client_ ? client_version : server_version, 4, bytes.begin() + version_at);
  const size_t at = digest_at(bytes, scheme);
  const Sha256 digest = digest_of(bytes, at, client_);
  std::copy(digest.begin(), digest.end(), bytes.begin() + static_cast<ptrdiff_t>(at));
  return bytes;
}

std::vector<uint8_t> Handshake::begin() {
  std::vector<uint8_t> out{rtmp_version};
  const std::vector<uint8_t> first = first_part(style_ == HandshakeStyle::digest ? 0 : -1);
  out.insert(out.end(), first.begin(), first.end());
  return out;
}

Handshake::Progress Handshake::take(Bytes& bytes, std::vector<uint8_t>* answer) {
  if (wrong_) return Progress::failed;
  if (!bytes.empty() && !version_) {
    version_ = bytes[0];
    bytes = bytes.subspan(1);
    if (*version_ > most_version) wrong_ = "it answers by no version of RTMP";
  }
  if (received_.size() < part && !wrong_) {
    const size_t step = std::min(part - received_.size(), bytes.size());
    received_.insert(received_.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(step));
    bytes = bytes.subspan(step);
    // Its alerts are shorter than a handshake of ours, and what follows them would be waited for in vain.
    const bool tls = *version_ == tls_alert || *version_ == tls_handshake;
    if (tls && !received_.empty() && received_[0] == 3) wrong_ = "it speaks TLS";
    if (received_.size() == part && !wrong_) answer_first(answer);
  }
  if (wrong_) return Progress::failed;
  if (received_.size() < part) return Progress::more;
  const size_t step = std::min(part - third_, bytes.size());
  third_ += step;
  bytes = bytes.subspan(step);
  if (third_ < part) return Progress::more;
  std::vector<uint8_t>().swap(received_);
  return Progress::done;
}

void Handshake::answer_first(std::vector<uint8_t>* answer) {
  const bool versioned = number_at(received_.data() + version_at, 4) != 0;
  scheme_ = versioned && style_ == HandshakeStyle::digest ? scheme_of(received_, !client_) : -1;
  if (!client_) {
    answer->push_back(rtmp_version);
    const std::vector<uint8_t> first = first_part(scheme_);
    answer->insert(answer->end(), first.begin(), first.end());
  }
  // Without a digest the answer is an echo.
  std::vector<uint8_t> echo = received_;
  if (scheme_ >= 0) {
    chance_.fill(echo.data(), part);
    sign(echo.data(), Bytes(received_).subspan(digest_at(received_, scheme_), digest_size), client_);
  }
  answer->insert(answer->end(), echo.begin(), echo.end());
}

}  // namespace rxgst::rtmp
