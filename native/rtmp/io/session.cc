#include "rtmp/io/session.h"

#include <glib.h>
#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "rtmp/io/client_options.h"
#include "rtmp/io/location.h"
#include "rtmp/io/secrets.h"

namespace rxgst::rtmp {

namespace {

constexpr int most_redirects = 3, most_logins = 3;
/** A server that never answers `publish`, and takes what comes, is believed to take the stream after so long. */
constexpr int64_t longest_publish_us = 3'000'000;
/** For what waits when a session ends, and for the server to close its half. */
constexpr int64_t longest_flush_us = 1'000'000, longest_goodbye_us = 300'000;
/** A publication that ends so soon after it was accepted was not. */
constexpr int64_t soon_us = 200'000;
/** So long one connection is read and what came is given on; then the others have their turn. */
constexpr int64_t most_turn_us = 4'000;

int64_t now_us() { return g_get_monotonic_time(); }

}  // namespace

std::shared_ptr<Session> Session::create(SessionOptions options, std::shared_ptr<SessionListener> listener) {
  return std::shared_ptr<Session>(new Session(std::move(options), std::move(listener)));
}

void Session::start() {
  IoLoop::shared().post([self = shared_from_this()] { self->begin(); });
}

void Session::resume() {
  IoLoop::shared().post([self = shared_from_this()] {
    if (std::exchange(self->paused_, false) && !self->yields_) self->read_on();
  });
}

void Session::send(MediaKind kind, int64_t timestamp_ms, Bytes head, Payload payload) {
  Outgoing it{kind, timestamp_ms, {}, std::min(head.size(), sizeof(Outgoing::head)), std::move(payload)};
  std::copy_n(head.begin(), it.head_size, it.head.begin());
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    // Nobody would take it off again.
    if (ended_) return;
    ++waiting_messages_;
    waiting_bytes_ += it.size();
    first = pending_.empty();
    pending_.push_back(std::move(it));
  }
  if (first) IoLoop::shared().post([self = shared_from_this()] { self->write(); });
}

void Session::finish() {
  IoLoop::shared().post([self = shared_from_this()] { self->begin_finish(); });
}

void Session::close() {
  closed_ = true;
  IoLoop::shared().post([self = shared_from_this()] {
    self->listener_.reset();
    if (self->state_ != State::finishing) self->begin_finish();
  });
}

SessionStats Session::stats() const {
  SessionStats it{started_, in_bytes_, out_bytes_, out_acknowledged_, {}, pings_, phase_};
  std::lock_guard lock(mutex_);
  TcpCounters tcp;
  if (fd_ >= 0 && read_tcp_counters(fd_, &tcp)) it.tcp = tcp;
  return it;
}

void Session::begin() {
  if (closed_ || state_ != State::idle) return;
  kept_ = shared_from_this();
  started_at_us_ = now_us();
  connect();
}

void Session::connect() {
  disconnect();
  if (is_late()) return fail_late();
  state_ = State::connecting;
  const uint32_t number = ++attempts_;
  attempt_ = connect_to(target_.place, [weak = weak_from_this(), number](ConnectResult result) {
    auto shared = std::make_shared<ConnectResult>(std::move(result));
    IoLoop::shared().post([weak, number, shared] {
      if (const auto self = weak.lock()) self->on_connected(number, std::move(*shared));
    });
  });
  arm();
}

void Session::on_connected(uint32_t attempt, ConnectResult result) {
  if (state_ != State::connecting || attempt != attempts_) return;
  const ConnectStep step = attempt_->step();
  attempt_.reset();
  if (!result.code.empty()) return fail({result.code, result.text, failure_of(step).phase, {}, {}, false});
  stream_ = std::make_unique<ByteStream>(std::move(result));
  client_ = std::make_unique<Client>(client_options(options_, target_, credentials_, login_query_), now_us());
  {
    std::lock_guard lock(mutex_);
    fd_ = stream_->fd();
  }
  state_ = State::open;
  arm();
  write();
}

void Session::disconnect() {
  if (stream_) IoLoop::shared().forget(stream_->fd());
  {
    std::lock_guard lock(mutex_);
    fd_ = -1;
  }
  stream_.reset();
  client_.reset();
  ends_.clear();
  held_.clear();
  paused_ = yields_ = wants_write_ = write_broken_ = asked_ = false;
}

void Session::watch() {
  if (!stream_) return;
  const uint32_t events = (paused_ || yields_ ? 0u : uint32_t{EPOLLIN}) | (wants_write_ ? uint32_t{EPOLLOUT} : 0u);
  IoLoop::shared().watch(stream_->fd(), events, this);
}

/** How long what goes on now may last. */
void Session::arm() {
  phase_ = client_ ? name_of(client_->phase(), options_.role) : "tcp";
  int64_t until_us = 0;
  if (state_ == State::finishing) {
    until_us = finished_at_us_ + (half_closed_ ? longest_goodbye_us : longest_flush_us);
  } else if (!started_ && state_ != State::over) {
    until_us = started_at_us_ + options_.timeout_us;
    if (client_ && options_.role == Role::publish && client_->phase() == Phase::start)
      until_us = std::min(until_us, client_->phase_since_us() + longest_publish_us);
  } else if (options_.media_timeout_us > 0 && client_ && client_->phase() == Phase::first_media) {
    until_us = client_->phase_since_us() + options_.media_timeout_us;
  }
  if (until_us == armed_us_) return;
  armed_us_ = until_us;
  IoLoop::shared().set_deadline(this, until_us);
}

void Session::on_deadline() {
  const auto self = shared_from_this();
  armed_us_ = 0;
  if (state_ == State::finishing) return end({});
  if (state_ == State::connecting) return fail(failure_of(attempt_->step()));
  if (!client_) return;
  if (started_) {
    if (client_->phase() == Phase::first_media) fail(failure_of(client_->expired(), options_.role));
    return;
  }
  if (options_.role == Role::publish && client_->phase() == Phase::start &&
      now_us() < started_at_us_ + options_.timeout_us) {
    client_->assume_started(now_us());
    take({});
    return;
  }
  fail(failure_of(client_->expired(), options_.role));
}

void Session::on_ready(uint32_t events) {
  const auto self = shared_from_this();
  if (events & EPOLLOUT) write();
  if (!stream_) return;
  // A connection that is broken is found out by reading, behind what still came.
  if (yields_) return;
  if (!paused_) {
    turn_began_us_ = now_us();
    return read();
  }
  if (events & (EPOLLERR | EPOLLHUP)) {
    // Nobody reads: the kernel would tell again and again. What has come is still taken when there is room.
    IoLoop::shared().forget(stream_->fd());
  }
}

void Session::read() {
  const std::span<uint8_t> buffer = IoLoop::shared().buffer();
  while (stream_ && !paused_ && !yields_) {
    const ByteStream::Got got = stream_->read(buffer);
    if (got.outcome == ByteStream::Outcome::would_wait) break;
    if (got.outcome == ByteStream::Outcome::over) return on_stream_over();
    if (!take(buffer.first(got.bytes))) return;
    if (!got.more) break;
  }
  if (stream_ && options_.prompt && options_.role == Role::play) stream_->acknowledge();
}

/** Goes on with what is held, then with what the socket has. */
void Session::read_on() {
  if (!stream_ || paused_) return;
  turn_began_us_ = now_us();
  std::vector<uint8_t> held;
  held.swap(held_);
  if (take(held) && !paused_ && !yields_) read();
  if (stream_) watch();
}

bool Session::take(Bytes bytes) {
  const int64_t now = now_us();
  const Client* const client = client_.get();
  const bool was_started = started_;
  while (!paused_ && !yields_) {
    auto event = client_->take(bytes, now);
    if (!event) break;
    on_event(std::move(*event));
    if (client_.get() != client) return false;
    // Whoever hears it may have worked; what is behind it waits until the others had their turn.
    if (!paused_ && now_us() - turn_began_us_ > most_turn_us) {
      yields_ = true;
      IoLoop::shared().post([self = shared_from_this()] {
        if (std::exchange(self->yields_, false)) self->read_on();
      });
    }
  }
  // Behind what waits already: a deadline may come while nothing is taken.
  if (paused_ || yields_) held_.insert(held_.end(), bytes.begin(), bytes.end());
  in_bytes_ = client_->received_bytes();
  out_acknowledged_ = client_->acknowledged_bytes();
  pings_ = client_->pings();
  arm();
  // Not before: a write that fails reads, and what is still to be taken lies in the buffer of what is read.
  if (!client_->out().empty() || started_ != was_started) {
    write();
  } else {
    watch();
  }
  return client_.get() == client;
}

void Session::on_event(Event event) {
  if (auto* media = std::get_if<MediaMessage>(&event)) {
    if (listener_) paused_ = !listener_->on_media(std::move(*media));
    return;
  }
  if (const auto* refused = std::get_if<Refused>(&event)) return fail(failure_of(refused->refusal, options_.role));
  if (const auto* wrong = std::get_if<ProtocolError>(&event)) return fail(failure_of(*wrong, options_.role));
  if (const auto* wanted = std::get_if<LoginWanted>(&event)) {
    if (++logins_ > most_logins)
      return fail({"ERR_AUTHENTICATION", "The server asks for a login again and again", "connect", {}, {}, false});
    login_query_ = wanted->query;
    return connect();
  }
  if (const auto* moved = std::get_if<Redirected>(&event)) return follow(moved->url);
  if (std::holds_alternative<Started>(event)) {
    started_ = true;
    accepted_at_us_ = now_us();
  }
  if (listener_) paused_ = !listener_->on_told(std::move(event));
}

void Session::follow(const std::string& url) {
  const auto refuse = [&](const char* why) {
    fail({"ERR_CONNECT_REJECTED",
          std::string("The server sends us to another address, ") + why,
          "connect",
          {},
          {},
          false});
  };
  if (++redirects_ > most_redirects) return refuse("again and again");
  auto next = redirected(target_, url);
  if (!next) return refuse("which is no address of RTMP");
  if (target_.place.tls && !next->place.tls) return refuse("without TLS");
  if (!same_host(target_.place, next->place)) credentials_ = {};
  target_ = std::move(*next);
  login_query_.clear();
  connect();
}

/** What other threads queued goes into the machine. */
void Session::move_pending() {
  if (!client_->may_send()) return;
  std::vector<Outgoing> taken;
  {
    std::lock_guard lock(mutex_);
    taken.swap(pending_);
  }
  for (Outgoing& it : taken) {
    const size_t size = it.size();
    client_->send(it.kind, it.timestamp_ms, Bytes(it.head.data(), it.head_size), std::move(it.payload));
    ends_.emplace_back(client_->out().sent() + client_->out().size(), size);
  }
}

void Session::note_progress() {
  const uint64_t sent = client_->out().sent();
  out_bytes_ = sent;
  bool left = false;
  while (!ends_.empty() && ends_.front().first <= sent) {
    waiting_bytes_ -= ends_.front().second;
    --waiting_messages_;
    ends_.pop_front();
    left = true;
  }
  if (left && listener_) listener_->on_sent();
}

/** Whoever publishes elsewhere by now would lose the stream: all up to `publish` leaves in time, or never. */
bool Session::is_late() const {
  return options_.publish_by_us != 0 && options_.role == Role::publish && !asked_ && now_us() > options_.publish_by_us;
}

void Session::fail_late() {
  fail({"ERR_MAY_NOT_CONNECT", "The time in which the server might be asked was over", "connect", {}, {}, false});
}

void Session::write() {
  if (!stream_ || !client_ || write_broken_) return;
  if (is_late()) return fail_late();
  move_pending();
  const ByteStream::Outcome outcome = stream_->write(&client_->out());
  asked_ = asked_ || (client_->phase() >= Phase::start && client_->out().empty());
  note_progress();
  if (outcome == ByteStream::Outcome::over) {
    write_broken_ = true;
    wants_write_ = false;
    // What came before may still be media, or say why it closed: it is read, with a full listener when that has room.
    return paused_ || yields_ ? watch() : read();
  }
  wants_write_ = outcome == ByteStream::Outcome::would_wait;
  watch();
  if (state_ == State::finishing && !wants_write_ && !half_closed_) half_close();
}

void Session::on_stream_over() {
  if (state_ == State::finishing) return end({});
  auto refusal = client_->closed();
  if (!refusal) return end({});
  // Servers that ask another one about a key accept it first, and hang up when they have the answer.
  const bool at_once = started_ && now_us() - accepted_at_us_ < soon_us;
  if (options_.role == Role::publish && at_once) refusal = refusal_of_close(Phase::start, Role::publish);
  fail(failure_of(*refusal, options_.role));
}

void Session::begin_finish() {
  const auto self = shared_from_this();
  if (state_ == State::over || state_ == State::finishing) return;
  if (state_ != State::open || !started_) return end({});
  move_pending();
  client_->finish(now_us());
  state_ = State::finishing;
  finished_at_us_ = now_us();
  paused_ = yields_ = false;
  held_.clear();
  arm();
  write();
  // A player owes nobody anything.
  if (options_.role == Role::play && state_ == State::finishing) end({});
}

/** All has left: a server that is given the end of it before it is cut off reads it to its end. */
void Session::half_close() {
  half_closed_ = true;
  finished_at_us_ = now_us();
  stream_->end_writing();
  arm();
  if (const auto listener = std::exchange(listener_, nullptr)) listener->on_over({});
}

void Session::fail(Failure failure) {
  for (std::string* const text : {&failure.server_code, &failure.server_text})
    *text = masked(masked(std::move(*text), target_, options_.credentials), options_.target, options_.credentials);
  if (started_) failure.accepted_us = std::max<int64_t>(1, now_us() - accepted_at_us_);
  end(std::move(failure));
}

void Session::end(std::optional<Failure> failure) {
  if (state_ == State::over) return;
  const auto self = shared_from_this();
  state_ = State::over;
  attempt_.reset();
  IoLoop::shared().set_deadline(this, 0);
  disconnect();
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    pending_.clear();
  }
  if (const auto listener = std::exchange(listener_, nullptr)) listener->on_over(std::move(failure));
  kept_.reset();
}

}  // namespace rxgst::rtmp
