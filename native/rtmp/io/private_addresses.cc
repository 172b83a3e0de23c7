#include "rtmp/io/private_addresses.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <span>

#include "gst/refs.h"

namespace rxgst::rtmp {

namespace {

// Never destroyed: threads may connect while the process exits.
std::mutex& lists = *new std::mutex();
// Guarded by it.
bool refused = false;
auto& excepted = *new std::set<std::string>();

struct Range {
  std::array<uint8_t, 4> network;
  int bits;
};

/** The same ranges as in src/core/addresses/public-address.ts, by IANA's registries of special-purpose addresses. */
constexpr Range inner4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},    {{100, 64, 0, 0}, 10},   {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12}, {{192, 0, 0, 0}, 24},    {{192, 0, 2, 0}, 24},
    {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24}, {{203, 0, 113, 0}, 24},
    {{224, 0, 0, 0}, 3},
};
constexpr Range global6{{0x20, 0, 0, 0}, 3};
constexpr Range inner6[] = {
    {{0x20, 0x01, 0, 0}, 23}, {{0x20, 0x01, 0x0d, 0xb8}, 32}, {{0x20, 0x02, 0, 0}, 16}, {{0x3f, 0xff, 0, 0}, 20}};
/** ::ffff:0:0/96 and 64:ff9b::/96: forms of IPv4 addresses. */
constexpr uint8_t carries4[2][12] = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, {0, 0x64, 0xff, 0x9b}};

uint32_t word(std::span<const uint8_t> bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

bool in(const Range& range, std::span<const uint8_t> address) {
  return ((word(address) ^ word(range.network)) >> (32 - range.bits)) == 0;
}

bool public4(std::span<const uint8_t> address) {
  return std::ranges::none_of(inner4, [&](const Range& it) { return in(it, address); });
}

bool is_public(GInetAddress* address) {
  const std::span<const uint8_t> bytes(g_inet_address_to_bytes(address), g_inet_address_get_native_size(address));
  if (bytes.size() == 4) return public4(bytes);
  if (bytes.size() != 16) return false;
  for (const auto& prefix : carries4) {
    if (std::ranges::equal(bytes.first(12), prefix)) return public4(bytes.last(4));
  }
  return in(global6, bytes) && std::ranges::none_of(inner6, [&](const Range& it) { return in(it, bytes); });
}

}  // namespace

bool may_connect(GSocketAddress* to, const std::string& host, uint16_t port) {
  {
    std::lock_guard lock(lists);
    if (!refused || excepted.contains(host + ':' + std::to_string(port))) return true;
  }
  // A socket of this machine's files, as D-Bus has one: no address of a stream leads there.
  if (to && g_socket_address_get_family(to) == G_SOCKET_FAMILY_UNIX) return true;
  return to && G_IS_INET_SOCKET_ADDRESS(to) && is_public(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(to)));
}

bool refuse_connection(GIOStream* connection, const std::string& host, uint16_t port) {
  if (!G_IS_SOCKET_CONNECTION(connection)) return false;
  auto* made = G_SOCKET_CONNECTION(connection);
  // Before it is connected this is the address that it will have.
  const ObjectRef<GSocketAddress> to(g_socket_connection_get_remote_address(made, nullptr));
  if (may_connect(to.get(), host, port)) return false;
  g_socket_close(g_socket_connection_get_socket(made), nullptr);
  return true;
}

void refuse_connection_of_element(GIOStream* connection, GObject* to) {
  if (!G_IS_NETWORK_ADDRESS(to)) {
    refuse_connection(connection, "", 0);
    return;
  }
  auto* address = G_NETWORK_ADDRESS(to);
  refuse_connection(connection, g_network_address_get_hostname(address), g_network_address_get_port(address));
}

void refuse_private_addresses(bool refuse, std::set<std::string> except) {
  std::lock_guard lock(lists);
  refused = refuse;
  excepted.swap(except);
}

bool private_addresses_refused(const std::string& place) {
  std::lock_guard lock(lists);
  return refused && !excepted.contains(place);
}

}  // namespace rxgst::rtmp
