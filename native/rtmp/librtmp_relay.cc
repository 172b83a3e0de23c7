#include "rtmp/librtmp_relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "gst/element.h"
#include "gst/refs.h"
#include "js/js.h"
#include "rtmp/flood_guard.h"
#include "rtmp/io/private_addresses.h"
#include "rtmp/message_reader.h"

namespace rxgst {
namespace {

constexpr size_t read_bytes = 65'536;
/** The chunk size towards librtmp: a large one needs fewer reads for each message. */
constexpr uint32_t chunk_bytes = 65'536;
constexpr int pause_ms = 100;
/** Data to be sent must wait in librtmp, where an output sees it, and not in the system. */
constexpr int max_unsent_relayed_bytes = 16'384;
constexpr int max_unread_bytes = 65'536;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

void prompt(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/** False: the relay ends, or nothing came in time. */
bool wait_for(const RelayState& state, int fd, short events, int ms) {
  pollfd both[] = {{state.wake, POLLIN, 0}, {fd, events, 0}};
  return poll(both, 2, ms) > 0 && both[0].revents == 0 && both[1].revents != 0;
}

Descriptor connect_to(const RelayState& state) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(state.host.c_str(), std::to_string(state.port).c_str(), &hints, &found) != 0) return Descriptor();
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, freeaddrinfo);
  for (const addrinfo* at = found; at && !state.over; at = at->ai_next) {
    const ObjectRef<GSocketAddress> to(g_socket_address_new_from_native(at->ai_addr, at->ai_addrlen));
    if (!rtmp::may_connect(to.get(), state.host, static_cast<uint16_t>(state.port))) continue;
    Descriptor fd(socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) continue;
    prompt(fd.get());
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent_relayed_bytes, sizeof(max_unsent_relayed_bytes));
    if (connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0) return fd;
    if (errno != EINPROGRESS || !wait_for(state, fd.get(), POLLOUT, state.timeout_ms)) continue;
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return fd;
  }
  return Descriptor();
}

/** False: the connection is over. */
bool send_some(int fd, std::string* waiting) {
  if (waiting->empty()) return true;
  const ssize_t sent = send(fd, waiting->data(), waiting->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  waiting->erase(0, static_cast<size_t>(sent));
  return true;
}

/** None: the connection is over; empty: no data now. */
std::optional<std::string> receive_some(int fd) {
  std::string bytes(read_bytes, '\0');
  const ssize_t got = recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return std::nullopt;
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

/** Sound, pictures, and aggregates of both. */
bool is_media(int type) { return type == 8 || type == 9 || type == 22; }

/** A server that wants a login answers so; it may also mean another command. */
bool is_error(const RtmpMessage& message) {
  static constexpr std::string_view name("\2\0\6_error", 9);
  return message.type == 20 && message.payload.starts_with(name);
}

/** What the server said on one connection. */
struct Heard {
  bool media = false;
  bool error = false;
};

struct Refusal {
  const char* code;
  std::string why;
};

/**
 * Relays one connection in both directions, until an end closes it. Returns the reason if the server broke a rule.
 */
std::optional<Refusal> pass(const RelayState& state, int client, int server, Heard* heard) {
  MessageReader reader;
  std::string to_client, to_server;
  bool reported = false;
  const auto raw = [&](const char* data, size_t size) { to_client.append(data, size); };
  const auto whole = [&](const RtmpMessage& message) {
    if (!std::exchange(reported, true)) {
      const std::string size{0, 1, 0, 0};
      append_chunks({1, 2, 0, 0, size}, 128, &to_client);
    }
    append_chunks(message, chunk_bytes, &to_client);
    heard->media |= is_media(message.type);
    heard->error |= is_error(message);
  };
  while (!state.over) {
    // Neither end is read while the other does not take the last data: the waiting data is limited to one read.
    pollfd all[] = {
        {state.wake, POLLIN, 0},
        {client, static_cast<short>((to_server.empty() ? POLLIN : 0) | (to_client.empty() ? 0 : POLLOUT)), 0},
        {server, static_cast<short>((to_client.empty() ? POLLIN : 0) | (to_server.empty() ? 0 : POLLOUT)), 0}};
    if (poll(all, 3, -1) < 0 && errno != EINTR) return std::nullopt;
    if (all[1].revents & POLLIN) {
      const auto bytes = receive_some(client);
      if (!bytes) return std::nullopt;
      to_server += *bytes;
    } else if (all[1].revents & (POLLHUP | POLLERR)) {
      return std::nullopt;
    }
    if (all[2].revents & POLLIN) {
      const auto bytes = receive_some(server);
      if (!bytes) return std::nullopt;
      if (auto why = reader.take(bytes->data(), bytes->size(), now_us(), raw, whole)) {
        return Refusal{reader.spoke() ? "ERR_BAD_STREAM" : "ERR_HANDSHAKE", *why};
      }
    } else if (all[2].revents & (POLLHUP | POLLERR)) {
      return std::nullopt;
    }
    if (!send_some(client, &to_client) || !send_some(server, &to_server)) return std::nullopt;
  }
  return std::nullopt;
}

/**
 * The thread: one connection after the other, since librtmp logs in with a second one after a server refused the first.
 * After any other end it would connect again, too, and put a new stream behind the half tag of the old one: nobody
 * would hear of the loss.
 */
void run(const std::shared_ptr<RelayState>& state) {
  Descriptor listener(state->listener);
  while (!state->over) {
    if (!wait_for(*state, listener.get(), POLLIN, -1)) continue;
    Descriptor client(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) {
      // No descriptor is free, or the connection is gone: poll() returns again at once, so wait a moment.
      pollfd wake{state->wake, POLLIN, 0};
      poll(&wake, 1, pause_ms);
      continue;
    }
    prompt(client.get());
    Descriptor server = connect_to(*state);
    if (!server) continue;
    Heard heard;
    const auto refusal = pass(*state, client.get(), server.get(), &heard);
    if (!refusal && heard.error && !heard.media) continue;
    if (!refusal) return;
    ObjectRef<GstElement> element(static_cast<GstElement*>(g_weak_ref_get(&state->element)));
    if (element) post_refused(element.get(), refusal->code, refusal->why, true);
    return;
  }
}

}  // namespace

RelayState::RelayState() : wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { g_weak_ref_init(&element, nullptr); }

RelayState::~RelayState() {
  if (wake >= 0) close(wake);
  g_weak_ref_clear(&element);
}

Napi::Function RtmpRelay::define(Napi::Env env) {
  return DefineClass(env, "RtmpRelay",
                     {InstanceMethod("port", &RtmpRelay::port), InstanceMethod("watch", &RtmpRelay::watch),
                      InstanceMethod("close", &RtmpRelay::close)});
}

/**
 * new RtmpRelay(host, port, timeout in ms): accepts connections on a port of the loopback; port 0 if the system has
 * none.
 */
RtmpRelay::RtmpRelay(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<RtmpRelay>(info), state_(std::make_shared<RelayState>()) {
  state_->host = info[0].As<Napi::String>();
  state_->port = info[1].ToNumber().Int32Value();
  state_->timeout_ms = info[2].ToNumber().Int32Value();
  Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&here);
  socklen_t size = sizeof(here);
  // Accepted sockets inherit this option.
  if (listener) setsockopt(listener.get(), SOL_SOCKET, SO_RCVBUF, &max_unread_bytes, sizeof(max_unread_bytes));
  if (!listener || state_->wake < 0 || bind(listener.get(), address, size) != 0 || listen(listener.get(), 1) != 0 ||
      getsockname(listener.get(), address, &size) != 0) {
    return;
  }
  port_ = ntohs(here.sin_port);
  // No child process may keep the port.
  state_->listener = fcntl(listener.get(), F_DUPFD_CLOEXEC, 0);
  if (state_->listener < 0) {
    port_ = 0;
    return;
  }
  try {
    std::thread([state = state_] { run(state); }).detach();
  } catch (const std::system_error&) {
    ::close(std::exchange(state_->listener, -1));
    port_ = 0;
  }
}

RtmpRelay::~RtmpRelay() { end(); }

void RtmpRelay::end() {
  if (!state_) return;
  // The descriptors end with the thread, not when JS collects the wrapper.
  const std::shared_ptr<RelayState> state = std::move(state_);
  state->over = true;
  const uint64_t one = 1;
  // The thread reads what waits in the system, and then ends.
  if (write(state->wake, &one, sizeof(one)) < 0) return;
}

/** port(): the port on which it listens. */
Napi::Value RtmpRelay::port(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), port_); }

/** watch(element): the element that posts a message when the server sends data that is refused. */
Napi::Value RtmpRelay::watch(const Napi::CallbackInfo& info) {
  if (state_) g_weak_ref_set(&state_->element, element_argument(info[0]).get());
  return info.Env().Undefined();
}

/** close(): both connections end, and librtmp returns from every call. */
Napi::Value RtmpRelay::close(const Napi::CallbackInfo& info) {
  end();
  return info.Env().Undefined();
}

}  // namespace rxgst
