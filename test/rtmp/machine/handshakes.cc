#include <algorithm>

#include "check.h"
#include "rtmp/protocol/hashes.h"

namespace test {

namespace {

using Progress = Handshake::Progress;

/** Carries the bytes of a handshake; the last progress of both. */
void shake(Handshake& client, Handshake& server, size_t piece, const std::string& what) {
  Buffer to_server = client.begin(), to_client;
  Progress of_client = Progress::more, of_server = Progress::more;
  const auto carry = [&](Buffer& from, Handshake& to, Buffer* answer) {
    const Buffer bytes = std::exchange(from, {});
    Progress progress = Progress::more;
    for (size_t at = 0; at < bytes.size();) {
      Bytes part = Bytes(bytes).subspan(at, std::min(piece, bytes.size() - at));
      at += part.size();
      progress = to.take(part, answer);
      check(part.empty(), what + ": bytes are used up");
    }
    return progress;
  };
  for (int i = 0; i < 3; ++i) {
    if (!to_server.empty()) of_server = carry(to_server, server, &to_client);
    if (!to_client.empty()) of_client = carry(to_client, client, &to_server);
  }
  check(of_client == Progress::done && of_server == Progress::done, what + ": both are through");
}

void both_styles() {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{1536}, size_t{5000}}) {
    for (const auto one : {HandshakeStyle::plain, HandshakeStyle::digest}) {
      for (const auto other : {HandshakeStyle::plain, HandshakeStyle::digest}) {
        Handshake client(true, one, 1), server(false, other, 2);
        shake(client, server, piece, "handshake");
        const bool both = one == HandshakeStyle::digest && other == HandshakeStyle::digest;
        same(client.signed_by_peer(), both, "the server's digest");
        same(server.signed_by_peer(), both, "the client's digest");
      }
    }
  }
}

/** A client's first part with its digest in the second place, as some have it; and what the server signs. */
void second_scheme() {
  Buffer first{3};
  first.resize(1 + 1536, 0x11);
  uint8_t* const part = first.data() + 1;
  std::fill_n(part, 4, 0);
  std::copy_n(Buffer{9, 0, 124, 2}.begin(), 4, part + 4);
  const size_t at = (part[772] + part[773] + part[774] + part[775]) % 728 + 776;
  const std::string_view key = "Genuine Adobe Flash Player 001";
  const Sha256 digest = hmac_sha256(bytes_of(key), Bytes(part, at), Bytes(part + at + 32, 1536 - at - 32));
  std::copy(digest.begin(), digest.end(), part + at);
  Handshake server(false, HandshakeStyle::digest, 5);
  Buffer answer;
  Bytes bytes = first;
  check(server.take(bytes, &answer) == Progress::more && server.signed_by_peer(), "the second scheme is known");
  if (!check(answer.size() == 1 + 2 * 1536, "a whole answer")) return;
  const uint8_t* const theirs = answer.data() + 1;
  const size_t place = (theirs[772] + theirs[773] + theirs[774] + theirs[775]) % 728 + 776;
  const std::string_view server_key = "Genuine Adobe Flash Media Server 001";
  const Sha256 wanted =
      hmac_sha256(bytes_of(server_key), Bytes(theirs, place), Bytes(theirs + place + 32, 1536 - place - 32));
  check(std::equal(wanted.begin(), wanted.end(), theirs + place), "and answered by itself");
}

void odd_answers() {
  const auto answer = [](Buffer bytes, uint8_t version) {
    Handshake client(true, HandshakeStyle::digest, 1);
    client.begin();
    bytes.insert(bytes.begin(), version);
    Bytes all = bytes;
    Buffer out;
    const Progress progress = client.take(all, &out);
    return std::string(progress == Progress::done   ? "done "
                       : progress == Progress::more ? "more "
                                                    : "failed ") +
           (client.wrong() ? client.wrong() : std::to_string(out.size()));
  };
  same(answer(Buffer(3072, 0), 3), "done 1536", "an answer whose echo is wrong");
  same(answer(Buffer(3072, 0), 0), "done 1536", "version 0");
  same(answer(Buffer(3072, 0), 6), "done 1536", "version 6");
  same(answer(Buffer(3071, 0), 3), "more 1536", "an answer that is cut");
  same(answer(text("TTP/1.1 400 Bad Request\r\n"), 'H'), "failed it answers by no version of RTMP", "a web server");
  same(answer(Buffer{3, 1, 0, 2, 2, 40}, 21), "failed it speaks TLS", "a server that wants TLS");
  // FMS's version, and a digest that is none: plain after all.
  Buffer unsigned_part(3072, 0x33);
  same(answer(unsigned_part, 3), "done 1536", "a version without a digest");
}

void known_hashes() {
  same(hex_of(md5("abc")), "900150983cd24fb0d6963f7d28e17f72", "MD5");
  same(base64_of(bytes_of("any carnal pleas")), "YW55IGNhcm5hbCBwbGVhcw==", "base 64");
  // RFC 4231, case 2, in two pieces.
  const Sha256 hash = hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya "), bytes_of("want for nothing?"));
  const Buffer wanted{0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
                      0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
  check(std::equal(hash.begin(), hash.end(), wanted.begin()), "HMAC-SHA256");
}

}  // namespace

void handshakes() {
  both_styles();
  second_scheme();
  odd_answers();
  known_hashes();
}

}  // namespace test
