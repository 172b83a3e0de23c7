// The TCP sockets of rtmp2src and rtmp2sink, which these elements keep to themselves.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace rxgst {

/**
 * Around the start of a pipeline, so that the sockets of its rtmp2 elements can be told apart: each element's thread
 * names its host at once, and two that go to the same place begin one after the other. Waits half a second at most
 * where one does not. The system keeps little that is not sent yet in such a socket. Worker threads.
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

/** An rtmp2 element that may connect later than its pipeline starts, such as one that uridecodebin makes. Any thread.
 */
void expect_connection(GstElement* element);

/**
 * After a pipeline has stopped: closes what its rtmp2 elements forgot. An element that is stopped between its handshake
 * and the server's answer leaves its connection behind, which waits for itself: a socket and two more descriptors.
 */
void close_sockets(GstElement* pipeline);

/**
 * Before a pipeline stops: its rtmp2src elements hear no more. One reads on until nothing has come for a moment, so
 * that a server that sends without end would have it stop never.
 */
void cut_sources(GstElement* pipeline);

/** Whatever its server sends, nothing of it is read any more. */
void cut_socket_of(GstElement* element);

/**
 * Before a pipeline starts: its rtmp2src acknowledges what it has read at once. For who wants its pictures soon: it
 * takes a system call for each turn of the connection's loop, and more packets on the way back.
 */
void acknowledge_promptly(GstElement* element);

struct TcpBytes {
  uint64_t acknowledged;  // by the other end's system
  uint64_t received;      // by ours, read or not
};

/** Of this element's connection; none where it has no connection. */
std::optional<TcpBytes> tcp_bytes(GstElement* element);

}  // namespace rxgst
