// Finds the TCP sockets of rtmp2src and rtmp2sink, which these elements hide.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * Lives during the start of a pipeline, so that each socket of its rtmp2 elements gets its element: an element's thread
 * names its host at once, and two elements with the same host and port begin one after the other. Waits at most half a
 * second if an element does not begin. Limits the unsent data that the system keeps for such a socket. Worker threads.
 */
class SocketWatch {
 public:
  explicit SocketWatch(GstElement* pipeline);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

 private:
  GstElement* pipeline_;
};

/** Hears of all connections of this process from now on: also those of other elements. Any thread. */
void watch_clients();

/** For an rtmp2 element that may connect after its pipeline has started, such as one in uridecodebin. Any thread. */
void expect_connection(GstElement* element);

/**
 * After a pipeline has stopped: closes the sockets that its rtmp2 elements leaked. An element that is stopped between
 * its handshake and the server's answer leaks its connection, which then waits for itself: a socket and two more
 * descriptors.
 */
void close_sockets(GstElement* pipeline);

/**
 * Before a pipeline stops: ends the input of its rtmp2src elements. An rtmp2src that stops reads on until no data has
 * come for a moment; with a server that sends without a pause it would never stop.
 */
void cut_sources(GstElement* pipeline);

/** Nothing more is read from this element's connection, whatever its server sends. */
void cut_socket_of(GstElement* element);

/**
 * Before a pipeline starts: its rtmp2src acknowledges at once all data that it has read. For captures with a low
 * latency: it costs a system call in each turn of the connection's loop, and more packets on the way back.
 */
void acknowledge_promptly(GstElement* element);

struct TcpBytes {
  uint64_t acknowledged;  // acknowledged by the peer's system
  uint64_t received;      // received by our system, read or not
};

/** The counters of this element's connection; none if it has no connection. */
std::optional<TcpBytes> tcp_bytes(GstElement* element);

}  // namespace rxgst
