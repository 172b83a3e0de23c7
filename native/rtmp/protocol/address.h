// Where a server sends its clients: addresses that may be parts of one.
#pragma once
#include <string>
#include <string_view>

namespace rxgst::rtmp {

/** A reference as RFC 3986 has it, against an address with a scheme: absolute, `//host/app`, `/app`, `app`, or empty.
 */
std::string resolve_address(std::string_view base, std::string_view reference);

}  // namespace rxgst::rtmp
