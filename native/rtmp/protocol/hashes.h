// The hashes that handshakes and logins need, from GLib; another library takes its place in hashes.cc alone.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

using Sha256 = std::array<uint8_t, 32>;
using Md5 = std::array<uint8_t, 16>;

/** HMAC-SHA256 of two pieces, one after the other. */
Sha256 hmac_sha256(Bytes key, Bytes first, Bytes second = {});
Md5 md5(std::string_view text);

std::string hex_of(const Md5& hash);
std::string base64_of(Bytes bytes);

}  // namespace rxgst::rtmp
