// Keeps the connections of this process out of private networks, where the program wants that: for a server that takes
// addresses from others. A name is looked at when it has been resolved, so that no name can lead elsewhere afterwards.
#pragma once
#include <gio/gio.h>

#include <cstdint>
#include <set>
#include <string>

namespace rxgst::rtmp {

/**
 * Whether a connection to this address may be made. Any thread.
 * @param host what was asked for, a name or an address, which the program may have excepted
 */
bool may_connect(GSocketAddress* to, const std::string& host, uint16_t port);

/** Of a connection that a GSocketClient is about to make: it fails then. Any thread. True: it was refused. */
bool refuse_connection(GIOStream* connection, const std::string& host, uint16_t port);

/** The same of an element's, which tells only what it connects to. */
void refuse_connection_of_element(GIOStream* connection, GObject* to);

/** A sentence for errors. */
inline constexpr const char* private_address_text = "The name, or the server, leads into a private network";

/** For connections that begin from now on. Any thread. @param except places as host:port, which stay allowed */
void refuse_private_addresses(bool refuse, std::set<std::string> except);

/** Whether they are refused, also at this place, host:port. Any thread. */
bool private_addresses_refused(const std::string& place);

}  // namespace rxgst::rtmp
