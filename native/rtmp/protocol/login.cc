#include "rtmp/protocol/login.h"

#include <array>
#include <cstdio>

#include "rtmp/protocol/hashes.h"

namespace rxgst::rtmp {

namespace {

/** The value of `name=` behind the question mark of a server's words; a value may hold `=`. */
std::string_view parameter(std::string_view words, std::string_view name) {
  const size_t query = words.find('?');
  if (query == std::string_view::npos) return {};
  words.remove_prefix(query + 1);
  words = words.substr(0, words.find_first_of(" ]"));
  while (!words.empty()) {
    const size_t end = words.find('&');
    const std::string_view pair = words.substr(0, end);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    if (end == std::string_view::npos) break;
    words.remove_prefix(end + 1);
  }
  return {};
}

/** What ends a query's value, and what ends an address, as %XX; all else as it is, since servers compare it so. */
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 32 && byte != 127 && std::string_view("&?#").find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    std::array<char, 4> code{};
    std::snprintf(code.data(), code.size(), "%%%02X", byte);
    out += code.data();
  }
  return out;
}

std::string md5_base64(const std::string& text) {
  const Md5 hash = md5(text);
  return base64_of(hash);
}

std::string adobe(std::string_view words, const Credentials& who, const std::string& ours) {
  const auto value = [&](std::string_view name) { return std::string(parameter(words, name)); };
  const std::string opaque = value("opaque"), challenge = value("challenge");
  const std::string secret = md5_base64(who.user + value("salt") + who.password);
  const std::string response = md5_base64(secret + (opaque.empty() ? challenge : opaque) + ours);
  std::string query = "authmod=adobe&user=" + escaped(who.user) + "&challenge=" + ours + "&response=" + response;
  if (!opaque.empty()) query += "&opaque=" + opaque;
  return query;
}

std::string limelight(std::string_view words, std::string_view app, const Credentials& who, const std::string& ours) {
  const std::string nonce(parameter(words, "nonce"));
  const std::string count = "00000001";
  std::string path(app.substr(0, app.find('?')));
  if (path.find('/') == std::string::npos) path += "/_definst_";
  const std::string secret = hex_of(md5(who.user + ":live:" + who.password));
  const std::string place = hex_of(md5("publish:/" + path));
  const std::string response = hex_of(md5(secret + ":" + nonce + ":" + count + ":" + ours + ":auth:" + place));
  return "authmod=llnw&user=" + escaped(who.user) + "&nonce=" + nonce + "&cnonce=" + ours + "&nc=" + count +
         "&response=" + response;
}

}  // namespace

LoginStep next_login(std::string_view description, std::string_view app, const Credentials& credentials,
                     std::string_view last_query, uint32_t chance) {
  const auto says = [&](std::string_view word) { return description.find(word) != std::string_view::npos; };
  const bool is_adobe = says("authmod=adobe"), is_limelight = says("authmod=llnw");
  if (!is_adobe && !is_limelight) return {};
  const LoginStep refused{LoginStep::Kind::refused, {}};
  if (credentials.user.empty()) return refused;
  const std::string_view reason = parameter(description, "reason");
  if (reason == "needauth") {
    if (last_query.find("response=") != std::string_view::npos) return refused;
    std::array<char, 9> ours{};
    std::snprintf(ours.data(), ours.size(), "%08x", chance);
    const auto query =
        is_adobe ? adobe(description, credentials, ours.data()) : limelight(description, app, credentials, ours.data());
    return {LoginStep::Kind::again, query};
  }
  if (!reason.empty() || !last_query.empty()) return refused;
  return {LoginStep::Kind::again,
          std::string("authmod=") + (is_adobe ? "adobe" : "llnw") + "&user=" + escaped(credentials.user)};
}

}  // namespace rxgst::rtmp
