// Addresses of RTMP, as far as a connection needs them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "rtmp/io/session.h"

namespace rxgst::rtmp {

struct Location {
  Target target;
  Credentials credentials;
};

/** `rtmp://user:password@host:port/application/stream`, which begins behind the last slash before any `?`. */
std::optional<Location> parse_location(std::string_view text);

/** What a client calls the application's address; the port of the scheme is left out. */
std::string tc_url_of(const Place& place, std::string_view app);

/** Whether a server may know what the other one may. */
bool same_host(const Place& a, const Place& b);

/** Where a server sends the client; the stream's name stays. Nothing: it is no address of RTMP. */
std::optional<Target> redirected(const Target& from, std::string_view url);

}  // namespace rxgst::rtmp
