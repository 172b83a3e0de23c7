// A connected socket, plain or within TLS: bytes in and out without waiting.
#pragma once
#include <gio/gio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gst/refs.h"
#include "rtmp/chunks/outbox.h"
#include "rtmp/io/connector.h"
#include "rtmp/io/goodbye.h"

namespace rxgst::rtmp {

/** One owner at a time. */
class ByteStream {
 public:
  /** Sets the socket's options for live video. */
  explicit ByteStream(ConnectResult connected);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  enum class Outcome : uint8_t { some, would_wait, over };
  struct Got {
    Outcome outcome;
    size_t bytes;
    /** There may be more at once, about which the socket does not tell. */
    bool more;
  };
  Got read(std::span<uint8_t> into);
  /** Takes off the outbox what the socket takes. `over`: nothing more ever leaves. */
  Outcome write(Outbox* out);
  /** Bytes that left the outbox and not the process yet. */
  size_t unsent() const { return record_.size() - record_sent_; }

  /** Nothing more will be written; what has left still arrives. */
  void end_writing();
  /** The kernel acknowledges at once what was read. It forgets the wish whenever the socket is written to. */
  void acknowledge();
  int fd() const { return fd_; }

 private:
  Outcome write_plain(Outbox* out);
  Outcome write_tls(Outbox* out);

  ObjectRef<GIOStream> stream_;
  ObjectRef<GSocket> socket_;
  int fd_;
  bool tls_;
  std::shared_ptr<Goodbye> goodbye_;
  /** What TLS would not take must be offered again as it was. */
  std::vector<uint8_t> record_;
  size_t record_sent_ = 0;
};

struct TcpCounters {
  /** By the other end's system, and by ours. */
  uint64_t acknowledged = 0, received = 0;
};
/** False: the system does not tell. */
bool read_tcp_counters(int fd, TcpCounters* out);

}  // namespace rxgst::rtmp
