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

/** Where the application ends, as ffmpeg, librtmp and docs/addresses.md have it; npos: nothing follows it. */
size_t application_end(std::string_view path) {
  const size_t first = path.find('/');
  // Akamai's application for files has no instance.
  if (first == std::string_view::npos || path.starts_with("ondemand/")) return first;
  const size_t second = path.find('/', first + 1);
  // A query behind the first name is the stream's, and so is a prefix as in `mp4:a/b`.
  const size_t of_stream = path.find_first_of("?:", first);
  return second == std::string_view::npos || of_stream < second ? first : second;
}

/** Flash Media Server's names of files: FLV goes without its ending, MP4 with a prefix. */
std::string file_name(std::string_view stream) {
  if (stream.ends_with(".flv")) stream.remove_suffix(4);
  const bool mp4 = stream.ends_with(".mp4") || stream.ends_with(".f4v");
  return (mp4 && stream.find(':') == std::string_view::npos ? "mp4:" : "") + std::string(stream);
}

void divide(std::string_view path, Target* out) {
  static constexpr std::string_view border("/ /");
  if (const size_t at = path.find(border); at != std::string_view::npos) {
    out->app = path.substr(0, at);
    out->stream = path.substr(at + border.size());
    return;
  }
  const size_t end = application_end(path);
  out->app = path.substr(0, end);
  if (end != std::string_view::npos) out->stream = file_name(path.substr(end + 1));
}

}  // namespace

std::optional<Location> parse_location(std::string_view text) {
  const auto parts = parse(text);
  if (!parts) return {};
  Location it;
  it.target.place = parts->place;
  divide(parts->path, &it.target);
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

bool same_host(const Place& a, const Place& b) {
  return g_ascii_strcasecmp(a.host.c_str(), b.host.c_str()) == 0 && a.port == b.port;
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
  it.place.followed = true;
  return it;
}

}  // namespace rxgst::rtmp
