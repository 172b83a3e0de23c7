#include "rtmp/protocol/address.h"

#include <algorithm>

namespace rxgst::rtmp {

std::string resolve_address(std::string_view base, std::string_view reference) {
  constexpr auto none = std::string_view::npos;
  if (reference.empty()) return std::string(base);
  const size_t colon = base.find("://");
  // A scheme's colon stands before any slash or query.
  const size_t own = reference.find("://");
  if ((own != none && reference.find_first_of("/?") > own) || colon == none) return std::string(reference);
  const auto joined = [&](size_t kept) { return std::string(base.substr(0, kept)) += reference; };
  if (reference.starts_with("//")) return joined(colon + 1);
  const size_t path = std::min(base.find_first_of("/?", colon + 3), base.size());
  if (reference[0] == '/') return joined(path);
  const size_t query = std::min(base.find('?', path), base.size());
  if (reference[0] == '?') return joined(query);
  const size_t slash = base.rfind('/', query == 0 ? 0 : query - 1);
  if (slash == none || slash < path) return joined(path).insert(path, "/");
  return joined(slash + 1);
}

}  // namespace rxgst::rtmp
