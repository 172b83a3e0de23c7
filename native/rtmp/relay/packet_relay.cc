#include "rtmp/relay/packet_relay.h"

#include <glib.h>

#include <algorithm>
#include <utility>

namespace rxgst::rtmp {

/** Hears one connection. */
class PacketRelay::Ear final : public SessionListener {
 public:
  Ear(std::shared_ptr<PacketRelay> relay, uint32_t number, Role role)
      : relay_(std::move(relay)), number_(number), plays_(role == Role::play) {}
  bool on_media(MediaMessage message) override {
    relay_->on_media(number_, std::move(message));
    return true;
  }
  bool on_told(Event event) override {
    if (plays_)
      relay_->on_input_told(number_, event);
    else
      relay_->on_target_told(number_, event);
    return true;
  }
  void on_sent() override {}
  void on_over(std::optional<Failure> failure) override { relay_->on_over(number_, std::move(failure)); }

 private:
  const std::shared_ptr<PacketRelay> relay_;
  const uint32_t number_;
  const bool plays_;
};

/** With mutex_. */
std::shared_ptr<LiveStream> PacketRelay::connect(SessionOptions options, uint32_t number) {
  auto ear = std::make_shared<Ear>(shared_from_this(), number, options.role);
  auto stream = LiveStream::create(std::move(options), std::move(ear));
  stream->start();
  return stream;
}

uint32_t PacketRelay::add_input(SessionOptions options, uint32_t rank) {
  std::lock_guard lock(mutex_);
  make_input(rank).set_stream(connect(std::move(options), last_number_));
  return last_number_;
}

uint32_t PacketRelay::add_input(uint32_t rank) {
  std::lock_guard lock(mutex_);
  make_input(rank);
  return last_number_;
}

RelayInput& PacketRelay::make_input(uint32_t rank) {
  has_standby_ = has_standby_ || rank > 0;
  return inputs_.try_emplace(++last_number_, rank).first->second;
}

uint32_t PacketRelay::add_target(SessionOptions options) {
  std::lock_guard lock(mutex_);
  const uint32_t number = ++last_number_;
  targets_[number].set_stream(connect(std::move(options), number));
  return number;
}

std::shared_ptr<LiveStream> PacketRelay::stream_of(uint32_t connection) {
  if (const auto input = inputs_.find(connection); input != inputs_.end()) return input->second.stream();
  const auto target = targets_.find(connection);
  return target == targets_.end() ? nullptr : target->second.stream();
}

void PacketRelay::follow_wish(uint32_t connection, int64_t publish_by_us) {
  std::lock_guard lock(mutex_);
  if (const auto stream = stream_of(connection)) stream->follow(publish_by_us);
}

void PacketRelay::finish(uint32_t connection) {
  std::lock_guard lock(mutex_);
  if (const auto stream = stream_of(connection)) stream->finish();
}

void PacketRelay::close(uint32_t connection) {
  std::lock_guard lock(mutex_);
  if (const auto stream = stream_of(connection)) stream->close();
  targets_.erase(connection);
  const auto input = inputs_.find(connection);
  if (input == inputs_.end()) return;
  const bool was_on_air = on_air_ == &input->second;
  if (was_on_air) on_air_ = nullptr;
  inputs_.erase(input);
  // Any thread calls this; the hand-over is the I/O thread's.
  if (was_on_air) IoLoop::shared().post([self = shared_from_this()] { self->fill_air(); });
}

void PacketRelay::close_all() {
  std::lock_guard lock(mutex_);
  on_air_ = nullptr;
  fill_.give_up();
  for (auto& [number, input] : inputs_) {
    if (input.stream()) input.stream()->close();
  }
  for (auto& [number, target] : targets_) target.stream()->close();
  inputs_.clear();
  targets_.clear();
}

std::vector<RelayNews> PacketRelay::take_news() {
  std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

void PacketRelay::tell(uint32_t connection, RelayNews::What what, std::string text, std::optional<Failure> failure) {
  if (news_.size() >= most_news && what != RelayNews::What::over) return;
  news_.push_back({connection, what, std::move(text), std::move(failure)});
  wakeup_->wake();
}

void PacketRelay::leave_air(const RelayInput* input, int64_t now_us) {
  if (on_air_ != input) return;
  on_air_ = nullptr;
  replace(now_us);
  if (!on_air_) begin_fill(now_us);
}

bool PacketRelay::prefer(uint32_t rank) {
  std::lock_guard lock(mutex_);
  const int64_t now_us = g_get_monotonic_time();
  const bool ready = std::ranges::any_of(inputs_, [&](const auto& it) {
    return it.second.rank() == rank && it.second.ready_since_us() != 0 && !it.second.is_silent(now_us);
  });
  if (!ready) return false;
  preferred_rank_ = rank;
  preferred_came_ = on_air_ && on_air_->rank() == rank;
  // Any thread calls this; the hand-over is the I/O thread's.
  if (!preferred_came_) IoLoop::shared().post([self = shared_from_this()] { self->put_preferred_on_air(); });
  return true;
}

/** One that has kept no pictures goes on air at its next keyframe. */
void PacketRelay::put_preferred_on_air() {
  std::lock_guard lock(mutex_);
  const int64_t now_us = g_get_monotonic_time();
  if (on_air_ && is_preferred(*on_air_)) return;
  for (auto& [number, input] : inputs_) {
    if (!is_preferred(input) || input.kept().empty() || input.is_silent(now_us)) continue;
    return catch_up(number, &input, now_us);
  }
}

bool PacketRelay::has_viewers() const {
  return std::ranges::any_of(targets_, [](const auto& it) { return it.second.joined(); }) ||
         std::ranges::any_of(followers_, [](const auto& it) { return it->has_viewers(); });
}

bool PacketRelay::is_due(const RelayInput& input, int64_t now_us) {
  if (!on_air_) return true;
  if (on_air_->is_silent(now_us)) return true;
  if (is_preferred(*on_air_)) return false;
  if (is_preferred(input)) return true;
  if (input.rank() > on_air_->rank()) return false;
  return !has_viewers() || now_us - input.ready_since_us() >= hold_back_us_;
}

void PacketRelay::go_on_air(uint32_t connection, RelayInput* input, int64_t now_us) {
  on_air_ = input;
  if (is_preferred(*input)) {
    preferred_came_ = true;
  } else if (preferred_came_) {
    preferred_rank_.reset();
    preferred_came_ = false;
  }
  facts_ = input->facts();
  if (fill_.is_wanted()) {
    pass_filled(fill_.end(&clock_, now_us), now_us);
    look_by(input->silent_at_us());
  }
  clock_.begin();
  tell(connection, RelayNews::What::on_air);
}

void PacketRelay::replace(int64_t now_us) {
  uint32_t connection = 0;
  RelayInput* next = nullptr;
  for (auto& [number, input] : inputs_) {
    const bool can = &input != on_air_ && !input.kept().empty() && input.is_present(now_us);
    if (!can || (next && (is_preferred(*next) || (next->rank() <= input.rank() && !is_preferred(input))))) continue;
    connection = number;
    next = &input;
  }
  if (next) catch_up(connection, next, now_us);
}

/** The pictures since its last keyframe leave at once, so that nobody waits for the next one. Its sound begins now. */
void PacketRelay::catch_up(uint32_t connection, RelayInput* input, int64_t now_us) {
  const auto& pictures = input->kept().pictures();
  go_on_air(connection, input, now_us);
  clock_.join(pictures.back().first.timestamp_ms, now_us);
  const int64_t time_ms = clock_.newest_ms();
  for (auto& [number, target] : targets_) target.renew(input->records(), time_ms);
  begin_followers(input->records());
  for (const auto& [message, seen] : pictures) hand_over(*input, seen, message, seen.key, now_us);
}

void PacketRelay::on_media(uint32_t connection, MediaMessage message) {
  const int64_t now_us = g_get_monotonic_time();
  if (message.kind == MediaKind::data) {
    auto payload = script_payload(std::move(message));
    if (!payload) return;
    message.payload = std::move(*payload);
    message.amf3 = false;
  }
  const Seen seen = look_at(message);
  if (seen.content == Content::none) return;
  std::lock_guard lock(mutex_);
  const auto found = inputs_.find(connection);
  if (found == inputs_.end()) return;
  RelayInput& input = found->second;
  const bool was_ready = input.ready_since_us() != 0;
  const uint32_t facts = input.facts().serial();
  const bool can_begin = input.note(message, seen, now_us);
  if (!was_ready && can_begin) tell(connection, RelayNews::What::ready);
  // Also on air: once another has taken its place, it may be the one that is left.
  if (has_standby_) input.kept().add(message, seen);
  if (on_air_ != &input) {
    if (can_begin && is_due(input, now_us)) {
      go_on_air(connection, &input, now_us);
    } else {
      if (!on_air_ || on_air_->is_silent(now_us)) replace(now_us);
      return;
    }
  }
  if (facts != input.facts().serial()) facts_ = input.facts();
  hand_over(input, seen, message, can_begin, now_us);
}

void PacketRelay::hand_over(const RelayInput& input, const Seen& seen, const MediaMessage& message, bool can_begin,
                            int64_t now_us) {
  const bool media = seen.content == Content::media;
  const bool begins = clock_.begins();
  const int64_t time_ms =
      media ? clock_.media(seen.video, message.timestamp_ms, now_us) : clock_.beside(message.timestamp_ms);
  packets_ += media;
  const Bytes head = seen.content == Content::metadata ? metadata_head() : Bytes();
  if (begins) {
    for (auto& [number, target] : targets_) target.renew(input.records(), time_ms);
    begin_followers(input.records());
  }
  pass({seen, message.kind, time_ms, head, message.payload, can_begin}, input.records(), now_us);
  if (fill_.is_wanted() && fill_.note(seen, message.payload, input.records(), time_ms))
    tell(0, RelayNews::What::configured);
}

void PacketRelay::pass(const Passing& passing, const StreamRecords& records, int64_t now_us) {
  for (auto& [number, target] : targets_) target.take(passing, records);
  for (const auto& follower : followers_) follower->on_passing(passing);
  const Seen& seen = passing.seen;
  if (seen.content != Content::media || listeners_.empty()) return;
  const int64_t shown_ms = passing.time_ms + seen.frame.composition_ms;
  const size_t bytes = passing.payload.bytes.size();
  const RelayedPacket packet{seen.video, seen.key || !seen.video, passing.time_ms, shown_ms, bytes, now_us};
  for (const auto& listener : listeners_) listener->on_packet(packet);
}

void PacketRelay::add_listener(std::shared_ptr<PacketListener> listener) {
  std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void PacketRelay::remove_listener(const PacketListener* listener) {
  std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [&](const auto& it) { return it.get() == listener; });
}

void PacketRelay::begin_followers(const StreamRecords& records) {
  for (const auto& follower : followers_) follower->on_begin(records);
}

void PacketRelay::follow(std::shared_ptr<PassingListener> follower) {
  std::lock_guard lock(mutex_);
  if (on_air_) follower->on_begin(on_air_->records());
  if (fill_.is_running()) {
    follower->on_begin(fill_.records());
    // No timer is set here: this is not the I/O thread, which looks at a fill often enough.
    fill_.restart(g_get_monotonic_time());
  }
  followers_.push_back(std::move(follower));
}

void PacketRelay::unfollow(const PassingListener* follower) {
  std::lock_guard lock(mutex_);
  std::erase_if(followers_, [&](const auto& it) { return it.get() == follower; });
}

void PacketRelay::on_input_told(uint32_t connection, const Event& event) {
  std::lock_guard lock(mutex_);
  const auto found = inputs_.find(connection);
  if (found == inputs_.end()) return;
  RelayInput& input = found->second;
  if (std::holds_alternative<Started>(event)) tell(connection, RelayNews::What::started);
  if (std::holds_alternative<Moved>(event)) tell(connection, RelayNews::What::moved);
  const bool left = std::holds_alternative<PublisherGone>(event) || std::holds_alternative<Ended>(event);
  const bool back = std::holds_alternative<PublisherBack>(event);
  if (left) tell(connection, RelayNews::What::left);
  if (back) tell(connection, RelayNews::What::back);
  if (!left && !back) return;
  // Perhaps another publisher comes: its pictures begin with a keyframe, and its times where it likes.
  input.begin_anew(left);
  leave_air(&input, g_get_monotonic_time());
}

void PacketRelay::on_target_told(uint32_t connection, const Event& event) {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(connection);
  if (found == targets_.end()) return;
  if (const auto* connected = std::get_if<Connected>(&event)) {
    const std::string taken = taken_pictures(connected->server);
    if (!taken.empty()) tell(connection, RelayNews::What::takes, taken);
  }
  if (std::holds_alternative<Moved>(event)) tell(connection, RelayNews::What::moved);
  if (std::holds_alternative<ReconnectRequested>(event) && found->second.stream()->waits_to_follow())
    tell(connection, RelayNews::What::wish);
  if (!std::holds_alternative<Started>(event)) return;
  found->second.accept();
  tell(connection, RelayNews::What::started);
  if (!fill_.is_running()) return;
  const int64_t now_us = g_get_monotonic_time();
  fill_.restart(now_us);
  look_by(now_us);
}

void PacketRelay::on_over(uint32_t connection, std::optional<Failure> failure) {
  std::lock_guard lock(mutex_);
  if (const auto input = inputs_.find(connection); input != inputs_.end()) {
    input->second.begin_anew(true);
    leave_air(&input->second, g_get_monotonic_time());
  }
  if (const auto target = targets_.find(connection); target != targets_.end()) target->second.refuse();
  tell(connection, RelayNews::What::over, {}, std::move(failure));
}

std::optional<PacketRelay::InputStats> PacketRelay::input_stats(uint32_t connection) {
  std::lock_guard lock(mutex_);
  const auto found = inputs_.find(connection);
  if (found == inputs_.end()) return {};
  const RelayInput& input = found->second;
  SessionStats session;
  session.in_bytes = input.counters().bytes;
  if (input.stream()) session = input.stream()->stats();
  return InputStats{input.counters(), session, &input == on_air_};
}

std::optional<PacketRelay::TargetStats> PacketRelay::target_stats(uint32_t connection) {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(connection);
  if (found == targets_.end()) return {};
  return TargetStats{found->second.counters(), found->second.stream()->stats()};
}

StreamFacts PacketRelay::facts() {
  std::lock_guard lock(mutex_);
  return facts_;
}

uint64_t PacketRelay::packets() {
  std::lock_guard lock(mutex_);
  return packets_;
}

}  // namespace rxgst::rtmp
