#include "rtmp/protocol/hashes.h"

#include <glib.h>

namespace rxgst::rtmp {

Sha256 hmac_sha256(Bytes key, Bytes first, Bytes second) {
  GHmac* const hmac = g_hmac_new(G_CHECKSUM_SHA256, key.data(), key.size());
  // GLib takes −1 for a text that ends with 0, and no length of 0 beside it.
  if (!first.empty()) g_hmac_update(hmac, first.data(), static_cast<gssize>(first.size()));
  if (!second.empty()) g_hmac_update(hmac, second.data(), static_cast<gssize>(second.size()));
  Sha256 out{};
  gsize size = out.size();
  g_hmac_get_digest(hmac, out.data(), &size);
  g_hmac_unref(hmac);
  return out;
}

Md5 md5(std::string_view text) {
  GChecksum* const sum = g_checksum_new(G_CHECKSUM_MD5);
  if (!text.empty()) {
    g_checksum_update(sum, reinterpret_cast<const guchar*>(text.data()), static_cast<gssize>(text.size()));
  }
  Md5 out{};
  gsize size = out.size();
  g_checksum_get_digest(sum, out.data(), &size);
  g_checksum_free(sum);
  return out;
}

std::string hex_of(const Md5& hash) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const uint8_t byte : hash) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string base64_of(Bytes bytes) {
  gchar* const text = g_base64_encode(bytes.data(), bytes.size());
  std::string out = text;
  g_free(text);
  return out;
}

}  // namespace rxgst::rtmp
