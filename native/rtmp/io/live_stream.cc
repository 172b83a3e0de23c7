#include "rtmp/io/live_stream.h"

#include <glib.h>

#include <algorithm>
#include <utility>

#include "rtmp/io/location.h"
#include "rtmp/io/secrets.h"
#include "rtmp/tags/tag_reader.h"

namespace rxgst::rtmp {

class LiveStream::Ear final : public SessionListener {
 public:
  Ear(std::shared_ptr<LiveStream> stream, uint32_t number) : stream_(std::move(stream)), number_(number) {}
  bool on_media(MediaMessage message) override { return stream_->on_media(number_, std::move(message)); }
  bool on_told(Event event) override { return stream_->on_told(number_, std::move(event)); }
  void on_sent() override { stream_->on_sent(number_); }
  void on_over(std::optional<Failure> failure) override { stream_->on_over(number_, std::move(failure)); }

 private:
  const std::shared_ptr<LiveStream> stream_;
  const uint32_t number_;
};

LiveStream::LiveStream(SessionOptions options, std::shared_ptr<SessionListener> listener)
    : options_(std::move(options)), listener_(std::move(listener)), target_(options_.target) {}

std::shared_ptr<LiveStream> LiveStream::create(SessionOptions options, std::shared_ptr<SessionListener> listener) {
  std::shared_ptr<LiveStream> it(new LiveStream(std::move(options), std::move(listener)));
  it->current_number_ = it->last_number_ = 1;
  it->current_ = Session::create(it->options_, std::make_shared<Ear>(it, 1));
  return it;
}

void LiveStream::start() { current_->start(); }

void LiveStream::resume() {
  std::lock_guard lock(mutex_);
  current_->resume();
}

size_t LiveStream::waiting(size_t (Session::*what)() const) const {
  std::lock_guard lock(mutex_);
  return (between_ ? 0 : (current_.get()->*what)()) + (leaving_ ? (leaving_.get()->*what)() : 0);
}

void LiveStream::note_description(MediaKind kind, Bytes head, const Payload& payload,
                                  const std::optional<Frame>& frame) {
  if (kind == MediaKind::data && !head.empty()) {
    metadata_ = Description{{head.begin(), head.end()}, Payload::copy_of(payload.bytes)};
  } else if (frame && frame->kind == FrameKind::config) {
    configurations_[frame->video] = Payload::copy_of(payload.bytes);
  }
}

void LiveStream::send_descriptions(int64_t timestamp_ms) {
  if (metadata_) current_->send(MediaKind::data, timestamp_ms, metadata_->head, metadata_->payload);
  for (const MediaKind kind : {MediaKind::video, MediaKind::audio}) {
    const auto& configuration = configurations_[kind == MediaKind::video];
    if (configuration) current_->send(kind, timestamp_ms, {}, *configuration);
  }
}

void LiveStream::send(MediaKind kind, int64_t timestamp_ms, Bytes head, Payload payload) {
  std::lock_guard lock(mutex_);
  std::optional<Frame> frame;
  if (kind != MediaKind::data) {
    TagReader reader(kind == MediaKind::video, payload.bytes);
    Frame first;
    if (reader.next(&first)) frame = first;
  }
  note_description(kind, head, payload, frame);
  const bool media = frame && frame->kind == FrameKind::media;
  if (media && frame->video) has_pictures_ = true;
  const bool can_begin = media && (frame->video ? frame->key : !has_pictures_);
  if (next_started_ && can_begin) {
    const bool lives = !between_;
    if (lives) {
      leaving_ = current_;
      leaving_number_ = current_number_;
    }
    retire_current();
    send_descriptions(timestamp_ms);
  }
  // Between two connections nobody takes it.
  if (!between_) current_->send(kind, timestamp_ms, head, std::move(payload));
}

/** The next session is the present one. */
void LiveStream::retire_current() {
  const SessionStats last = current_->stats();
  before_.in_bytes += last.in_bytes;
  before_.out_bytes += last.out_bytes;
  before_.out_acknowledged += last.out_acknowledged;
  before_.pings += last.pings;
  if (last.tcp) {
    if (!before_.tcp) before_.tcp.emplace();
    before_.tcp->acknowledged += last.tcp->acknowledged;
    before_.tcp->received += last.tcp->received;
  }
  current_ = std::exchange(next_, nullptr);
  current_number_ = std::exchange(next_number_, 0);
  next_started_ = between_ = false;
}

SessionStats LiveStream::stats() const {
  std::lock_guard lock(mutex_);
  SessionStats it = current_->stats();
  it.in_bytes += before_.in_bytes;
  it.out_bytes += before_.out_bytes;
  it.out_acknowledged += before_.out_acknowledged;
  it.pings += before_.pings;
  if (it.tcp && before_.tcp) {
    it.tcp->acknowledged += before_.tcp->acknowledged;
    it.tcp->received += before_.tcp->received;
  }
  return it;
}

std::string LiveStream::masked(std::string text) const {
  std::lock_guard lock(mutex_);
  text = rtmp::masked(std::move(text), options_.target, options_.credentials);
  return rtmp::masked(std::move(text), target_, options_.credentials);
}

void LiveStream::finish() {
  std::lock_guard lock(mutex_);
  if (next_) next_->close();
  current_->finish();
  if (!between_) return;
  IoLoop::shared().post([self = shared_from_this()] { self->end(std::exchange(self->held_failure_, std::nullopt)); });
}

void LiveStream::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& session : {current_, next_, leaving_}) {
      if (session) session->close();
    }
  }
  IoLoop::shared().post([self = shared_from_this()] { self->listener_.reset(); });
}

void LiveStream::end(std::optional<Failure> failure) {
  if (const auto listener = std::exchange(listener_, nullptr)) listener->on_over(std::move(failure));
}

LiveStream::Part LiveStream::part_of(uint32_t session) const {
  std::lock_guard lock(mutex_);
  if (session == current_number_) return between_ ? Part::past : Part::present;
  if (session == next_number_) return Part::next;
  return session == leaving_number_ ? Part::leaving : Part::past;
}

bool LiveStream::on_media(uint32_t session, MediaMessage message) {
  const Part part = part_of(session);
  if (!listener_ || part == Part::past || part == Part::leaving) return true;
  const int64_t now_us = g_get_monotonic_time();
  if (part == Part::next) {
    if (!splice_) return true;
    splice_->keep_new(std::move(message), now_us);
    const bool waits = part_of(current_number_) == Part::past;
    const bool due = splice_->joined() || splice_->overdue(now_us) || (waits && splice_->ready());
    return due ? go_over() : true;
  }
  if (moved_ && !moved_->goes_on(&message)) return true;
  Splice::note_time(message, &last_ms_);
  if (splice_) splice_->note_old(message, now_us);
  const bool room = listener_->on_media(std::move(message));
  return splice_ && splice_->joined() ? go_over() : room;
}

/** @return whether there is room for more */
bool LiveStream::go_over() {
  const bool joined = splice_->joined();
  std::vector<MediaMessage> messages = splice_->take();
  moved_ = std::exchange(splice_, std::nullopt);
  held_failure_.reset();
  {
    std::lock_guard lock(mutex_);
    current_->close();
    retire_current();
  }
  listener_->on_told(Moved{});
  // Its times are what they are: they go on behind those before.
  bool room = joined || listener_->on_told(PublisherBack{});
  for (MediaMessage& message : messages) {
    Splice::note_time(message, &last_ms_);
    room = listener_->on_media(std::move(message));
  }
  return room;
}

bool LiveStream::on_told(uint32_t session, Event event) {
  const Part part = part_of(session);
  if (!listener_ || part == Part::past || part == Part::leaving) return true;
  if (part == Part::next) {
    std::lock_guard lock(mutex_);
    if (std::holds_alternative<Started>(event)) next_started_ = options_.role == Role::publish;
    return true;
  }
  if (const auto* wanted = std::get_if<ReconnectRequested>(&event)) {
    if (waits_to_follow())
      wish_ = wanted->tc_url;
    else
      move_to(wanted->tc_url, 0);
  } else if (splice_ && std::holds_alternative<Ended>(event)) {
    // It ends here to go on there.
    on_over(session, {});
    return true;
  } else if (splice_ && std::holds_alternative<PublisherGone>(event)) {
    return true;
  }
  return listener_->on_told(std::move(event));
}

void LiveStream::follow(int64_t publish_by_us) {
  IoLoop::shared().post([self = shared_from_this(), publish_by_us] {
    const auto url = std::exchange(self->wish_, std::nullopt);
    // What is over meanwhile is made anew by its owner.
    if (url && self->listener_) self->move_to(*url, publish_by_us);
  });
}

void LiveStream::move_to(const std::string& url, int64_t publish_by_us) {
  std::lock_guard lock(mutex_);
  // A server that sends its clients on and on is not obeyed; one wish is followed at a time.
  if (closed_ || next_ || leaving_ || moves_.pour(1, g_get_monotonic_time())) return;
  auto to = redirected(target_, url);
  if (!to || (target_.place.tls && !to->place.tls)) return;
  SessionOptions options = options_;
  if (!same_host(options_.target.place, to->place)) options.credentials = {};
  options.target = *to;
  options.publish_by_us = publish_by_us;
  if (options.role == Role::play) {
    options.media_timeout_us = options.timeout_us;
    splice_.emplace(last_ms_, g_get_monotonic_time());
  }
  target_ = std::move(*to);
  next_number_ = ++last_number_;
  next_ = Session::create(std::move(options), std::make_shared<Ear>(shared_from_this(), next_number_));
  next_->start();
}

void LiveStream::on_sent(uint32_t session) {
  {
    std::lock_guard lock(mutex_);
    // The new server has what a viewer begins with.
    if (leaving_ && session == current_number_ && current_->waiting_messages() == 0) leaving_->finish();
  }
  if (listener_) listener_->on_sent();
}

void LiveStream::on_over(uint32_t session, std::optional<Failure> failure) {
  bool sent = false, over = false, waits = false;
  {
    std::lock_guard lock(mutex_);
    if (leaving_ && session == leaving_number_) {
      leaving_.reset();
      leaving_number_ = 0;
      sent = true;
    } else if (next_ && session == next_number_) {
      next_.reset();
      next_number_ = 0;
      next_started_ = false;
      splice_.reset();
      over = between_;
      failure = std::exchange(held_failure_, std::nullopt);
    } else if (session == current_number_ && next_ && !closed_) {
      between_ = waits = true;
      held_failure_ = std::move(failure);
      sent = true;
    } else {
      over = session == current_number_;
    }
  }
  if (!listener_) return;
  // Whoever waited for room waits for nothing now.
  if (sent) listener_->on_sent();
  if (over) return end(std::move(failure));
  if (waits && splice_ && splice_->ready()) go_over();
}

}  // namespace rxgst::rtmp
