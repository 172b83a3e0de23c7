#include "rtmp/io/client_options.h"

#include <glib.h>

#include "rtmp/io/location.h"

namespace rxgst::rtmp {

namespace {

/** The largest picture that is decoded, with ten times the bits of its level, is smaller. */
constexpr size_t largest_message_bytes = 8 << 20;

Capabilities own_capabilities(Role role) {
  const int can = role == Role::play ? can_decode : can_encode;
  Capabilities it;
  it.four_ccs = {"avc1", "hvc1", "av01", "vp09", "vp08", "vvc1", "mp4a", "Opus", "fLaC", "ac-3", "ec-3", ".mp3"};
  for (const std::string& name : it.four_ccs) {
    const bool video = name == "avc1" || name == "hvc1" || name == "vvc1" || name[0] == 'v' || name == "av01";
    (video ? it.video : it.audio).emplace_back(name, can);
  }
  it.caps_ex = caps_reconnect | (role == Role::play ? caps_multitrack | caps_mod_ex | caps_nano_offset : 0);
  return it;
}

}  // namespace

ClientOptions client_options(const SessionOptions& options, const Target& target, const Credentials& credentials,
                             const std::string& login_query) {
  ClientOptions it;
  it.role = options.role;
  it.app = target.app;
  it.stream = target.stream;
  it.tc_url = target.tc_url.empty() ? tc_url_of(target.place, target.app) : target.tc_url;
  it.credentials = credentials;
  it.login_query = login_query;
  it.capabilities = own_capabilities(options.role);
  it.bounds.message_bytes = largest_message_bytes;
  it.seed = static_cast<uint64_t>(g_get_real_time()) ^ static_cast<uint64_t>(g_random_int()) << 32;
  return it;
}

}  // namespace rxgst::rtmp
