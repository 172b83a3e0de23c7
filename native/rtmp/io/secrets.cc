#include "rtmp/io/secrets.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace rxgst::rtmp {

namespace {

/** A shorter one is a word of ordinary texts; and so is a shorter value in a query. */
constexpr size_t least_secret = 3, least_query_value = 8;

void add_query_values(std::string_view address, std::vector<std::string>* out) {
  size_t at = address.find('?');
  while (at != std::string_view::npos) {
    const size_t end = address.find('&', at + 1);
    const std::string_view pair = address.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    const size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? pair : pair.substr(equals + 1);
    if (value.size() >= least_query_value) out->emplace_back(value);
    at = end;
  }
}

}  // namespace

std::string masked(std::string text, const Target& target, const Credentials& credentials) {
  std::vector<std::string> secrets{credentials.password, target.stream,
                                   target.stream.substr(0, target.stream.find('?'))};
  for (const std::string& address : {target.stream, target.app, target.tc_url}) add_query_values(address, &secrets);
  // What holds another one goes first.
  std::sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& secret : secrets) {
    if (secret.size() < least_secret) continue;
    for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
  return text;
}

}  // namespace rxgst::rtmp
