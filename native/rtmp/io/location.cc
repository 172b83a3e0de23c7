#include "rtmp/io/location.h"

#include <glib.h>

#include <charconv>

#include "gst/refs.h"

namespace rxgst::rtmp {

namespace {

constexpr uint16_t rtmp_port = 1935, rtmps_port = 443;

struct Parts {
  Place place;
  std::string_view user;
  /** Behind the host, without the first slash. */
  std::string_view path;
};

bool parse_port(std::string_view text, uint16_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size() && *out != 0;
}

std::optional<Parts> parse(std::string_view text) {
  Parts it;
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return {};
  const std::string scheme(CharPtr(g_ascii_strdown(text.data(), static_cast<gssize>(colon))).get());
  if (scheme != "rtmp" && scheme != "rtmps") return {};
  it.place.tls = scheme == "rtmps";
  it.place.port = it.place.tls ? rtmps_port : rtmp_port;
  text.remove_prefix(colon + 3);
  const size_t slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  if (slash != std::string_view::npos) it.path = text.substr(slash + 1);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    it.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const bool v6 = authority.starts_with('[');
  const size_t end = v6 ? authority.find(']') : authority.find(':');
  if (v6 && end == std::string_view::npos) return {};
  it.place.host = v6 ? authority.substr(1, end - 1) : authority.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view() : authority.substr(v6 ? end + 1 : end);
  if (!rest.empty() && (rest[0] != ':' || !parse_port(rest.substr(1), &it.place.port))) return {};
  if (it.place.host.empty()) return {};
  return it;
}

std::string decoded(std::string_view text) {
  CharPtr plain(g_uri_unescape_segment(text.data(), text.data() + text.size(), nullptr));
  return plain ? plain.get() : std::string(text);
}

}  // namespace

std::optional<Location> parse_location(std::string_view text) {
  const auto parts = parse(text);
  if (!parts) return {};
  const std::string_view names = parts->path.substr(0, parts->path.find('?'));
  const size_t slash = names.rfind('/');
  Location it;
  it.target.place = parts->place;
  if (slash == std::string_view::npos) {
    it.target.app = parts->path;
  } else {
    it.target.app = parts->path.substr(0, slash);
    it.target.stream = parts->path.substr(slash + 1);
  }
  const size_t colon = parts->user.find(':');
  it.credentials.user = decoded(parts->user.substr(0, colon));
  if (colon != std::string_view::npos) it.credentials.password = decoded(parts->user.substr(colon + 1));
  return it;
}

std::string tc_url_of(const Place& place, std::string_view app) {
  const bool v6 = place.host.find(':') != std::string::npos;
  std::string url = place.tls ? "rtmps://" : "rtmp://";
  url += v6 ? "[" + place.host + "]" : place.host;
  if (place.port != (place.tls ? rtmps_port : rtmp_port)) url += ":" + std::to_string(place.port);
  return (url += '/') += app;
}

std::optional<Target> redirected(const Target& from, std::string_view url) {
  const auto parts = parse(url);
  if (!parts) return {};
  std::string_view app = parts->path;
  while (app.ends_with('/')) app.remove_suffix(1);
  // Some servers write the stream's name behind it.
  if (app.size() > from.stream.size() && !from.stream.empty() && app.ends_with(from.stream) &&
      app[app.size() - from.stream.size() - 1] == '/')
    app.remove_suffix(from.stream.size() + 1);
  Target it{parts->place, app.empty() ? from.app : std::string(app), from.stream, {}};
  return it;
}

}  // namespace rxgst::rtmp
