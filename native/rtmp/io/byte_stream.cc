#include "rtmp/io/byte_stream.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rxgst::rtmp {

namespace {

/**
 * Bytes that wait in the system to be sent, as far as the peer's window does not take them. Without a limit it takes
 * 6 MB on loopback: 20 s of a stream of 2.5 Mbit/s, in which nobody sees that a server has stopped reading.
 */
constexpr int most_unsent_bytes = 16'384;
/** Of a peer whose machine is gone without a word. */
constexpr int keepalive_idle_s = 20, keepalive_interval_s = 5, keepalive_count = 3;
/** What was sent and nobody takes for so long ends the connection: a peer that is gone, or stands still. */
constexpr int longest_unsent_ms = 30'000;
/** Of one TLS record. */
constexpr size_t record_bytes = 16'384;
constexpr size_t most_spans = 64;

void set_option(int fd, int level, int name, int value) { setsockopt(fd, level, name, &value, sizeof value); }

bool would_wait(const GError* error) { return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK); }

}  // namespace

ByteStream::ByteStream(ConnectResult connected)
    : stream_(std::move(connected.stream)),
      socket_(std::move(connected.socket)),
      fd_(g_socket_get_fd(socket_.get())),
      tls_(G_IS_TCP_WRAPPER_CONNECTION(stream_.get())) {
  g_socket_set_blocking(socket_.get(), FALSE);
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, most_unsent_bytes);
  set_option(fd_, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd_, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
  set_option(fd_, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
  set_option(fd_, IPPROTO_TCP, TCP_KEEPCNT, keepalive_count);
  set_option(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, longest_unsent_ms);
}

ByteStream::~ByteStream() {
  if (!tls_) {
    g_socket_close(socket_.get(), nullptr);
    return;
  }
  // A goodbye that is under way is still said: the machine may be busy.
  end_writing();
  close_after(std::move(goodbye_));
}

ByteStream::Got ByteStream::read(std::span<uint8_t> into) {
  if (!tls_) {
    ssize_t count;
    do {
      count = recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
      const auto bytes = static_cast<size_t>(count);
      return {Outcome::some, bytes, bytes == into.size()};
    }
    const bool waits = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return {waits ? Outcome::would_wait : Outcome::over, 0, false};
  }
  auto* const input = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream_.get()));
  GError* error = nullptr;
  const gssize count = g_pollable_input_stream_read_nonblocking(input, into.data(), into.size(), nullptr, &error);
  if (count > 0) return {Outcome::some, static_cast<size_t>(count), true};
  const bool waits = count < 0 && would_wait(error);
  g_clear_error(&error);
  return {waits ? Outcome::would_wait : Outcome::over, 0, false};
}

ByteStream::Outcome ByteStream::write(Outbox* out) { return tls_ ? write_tls(out) : write_plain(out); }

ByteStream::Outcome ByteStream::write_plain(Outbox* out) {
  std::array<Bytes, most_spans> spans;
  std::array<iovec, most_spans> pieces;
  while (!out->empty()) {
    const size_t count = out->gather(spans);
    for (size_t i = 0; i < count; ++i) pieces[i] = {const_cast<uint8_t*>(spans[i].data()), spans[i].size()};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t written = sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written >= 0) {
      out->consume(static_cast<size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Outcome::would_wait;
    } else if (errno != EINTR) {
      return Outcome::over;
    }
  }
  return Outcome::some;
}

ByteStream::Outcome ByteStream::write_tls(Outbox* out) {
  auto* const output = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()));
  std::array<Bytes, most_spans> spans;
  for (;;) {
    if (unsent() == 0) {
      record_.clear();
      record_sent_ = 0;
      const size_t count = out->gather(spans);
      for (size_t i = 0; i < count && record_.size() < record_bytes; ++i) {
        const Bytes part = spans[i].first(std::min(spans[i].size(), record_bytes - record_.size()));
        record_.insert(record_.end(), part.begin(), part.end());
      }
      if (record_.empty()) return Outcome::some;
      out->consume(record_.size());
    }
    GError* error = nullptr;
    const gssize written =
        g_pollable_output_stream_write_nonblocking(output, record_.data() + record_sent_, unsent(), nullptr, &error);
    if (written < 0) {
      const bool waits = would_wait(error);
      g_clear_error(&error);
      return waits ? Outcome::would_wait : Outcome::over;
    }
    record_sent_ += static_cast<size_t>(written);
  }
}

void ByteStream::end_writing() {
  if (!tls_) {
    shutdown(fd_, SHUT_WR);
  } else if (!goodbye_) {
    goodbye_ = say_goodbye(ObjectRef<GIOStream>(G_IO_STREAM(g_object_ref(stream_.get()))),
                           ObjectRef<GSocket>(G_SOCKET(g_object_ref(socket_.get()))));
  }
}

void ByteStream::acknowledge() { set_option(fd_, IPPROTO_TCP, TCP_QUICKACK, 1); }

bool read_tcp_counters(int fd, TcpCounters* out) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return false;
  *out = {info.tcpi_bytes_acked, info.tcpi_bytes_received};
  return true;
}

}  // namespace rxgst::rtmp
