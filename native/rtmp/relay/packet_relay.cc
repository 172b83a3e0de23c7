#include "rtmp/relay/packet_relay.h"

#include <glib.h>

#include <utility>

namespace rxgst::rtmp {

class PacketRelay::InputEar final : public SessionListener {
 public:
  InputEar(std::shared_ptr<PacketRelay> relay, uint32_t number) : relay_(std::move(relay)), number_(number) {}
  bool on_media(MediaMessage message) override {
    relay_->on_media(number_, std::move(message));
    return true;
  }
  bool on_told(Event event) override {
    relay_->on_input_told(number_, event);
    return true;
  }
  void on_sent() override {}
  void on_over(std::optional<Failure> failure) override { relay_->on_over(number_, std::move(failure)); }

 private:
  const std::shared_ptr<PacketRelay> relay_;
  const uint32_t number_;
};

class PacketRelay::TargetEar final : public SessionListener {
 public:
  TargetEar(std::shared_ptr<PacketRelay> relay, uint32_t number) : relay_(std::move(relay)), number_(number) {}
  bool on_media(MediaMessage) override { return true; }
  bool on_told(Event event) override {
    relay_->on_target_told(number_, event);
    return true;
  }
  void on_sent() override {}
  void on_over(std::optional<Failure> failure) override { relay_->on_over(number_, std::move(failure)); }

 private:
  const std::shared_ptr<PacketRelay> relay_;
  const uint32_t number_;
};

uint32_t PacketRelay::add_input(SessionOptions options, uint32_t rank) {
  std::lock_guard lock(mutex_);
  const uint32_t number = ++last_number_;
  auto stream = LiveStream::create(std::move(options), std::make_shared<InputEar>(shared_from_this(), number));
  inputs_.try_emplace(number, rank).first->second.set_stream(stream);
  stream->start();
  return number;
}

uint32_t PacketRelay::add_target(SessionOptions options) {
  std::lock_guard lock(mutex_);
  const uint32_t number = ++last_number_;
  auto stream = LiveStream::create(std::move(options), std::make_shared<TargetEar>(shared_from_this(), number));
  targets_[number].set_stream(stream);
  stream->start();
  return number;
}

std::shared_ptr<LiveStream> PacketRelay::stream_of(uint32_t connection) {
  if (const auto input = inputs_.find(connection); input != inputs_.end()) return input->second.stream();
  const auto target = targets_.find(connection);
  return target == targets_.end() ? nullptr : target->second.stream();
}

void PacketRelay::finish(uint32_t connection) {
  std::lock_guard lock(mutex_);
  if (const auto stream = stream_of(connection)) stream->finish();
}

void PacketRelay::close(uint32_t connection) {
  std::lock_guard lock(mutex_);
  const auto stream = stream_of(connection);
  if (!stream) return;
  stream->close();
  if (const auto input = inputs_.find(connection); input != inputs_.end()) leave_air(&input->second);
  inputs_.erase(connection);
  targets_.erase(connection);
}

void PacketRelay::close_all() {
  std::lock_guard lock(mutex_);
  on_air_ = nullptr;
  for (auto& [number, input] : inputs_) input.stream()->close();
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

void PacketRelay::leave_air(const RelayInput* input) {
  if (on_air_ == input) on_air_ = nullptr;
}

void PacketRelay::go_on_air(RelayInput* input) {
  on_air_ = input;
  clock_.begin();
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
  if (!on_air_ && can_begin) {
    go_on_air(&input);
    facts_ = input.facts();
  }
  if (on_air_ != &input) return;
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
  const Passing passing{seen, message.kind, time_ms, head, message.payload, can_begin};
  for (auto& [number, target] : targets_) {
    if (begins) target.renew(input.records(), time_ms);
    target.take(passing, input.records());
  }
}

void PacketRelay::on_input_told(uint32_t connection, const Event& event) {
  std::lock_guard lock(mutex_);
  const auto found = inputs_.find(connection);
  if (found == inputs_.end()) return;
  if (std::holds_alternative<Started>(event)) tell(connection, RelayNews::What::started);
  if (std::holds_alternative<PublisherGone>(event) || std::holds_alternative<Ended>(event))
    tell(connection, RelayNews::What::left);
  if (std::holds_alternative<Moved>(event)) tell(connection, RelayNews::What::moved);
  if (!std::holds_alternative<PublisherBack>(event)) return;
  // Perhaps another publisher: its pictures begin with a keyframe, and its times where it likes.
  leave_air(&found->second);
  found->second.begin_anew();
  tell(connection, RelayNews::What::back);
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
  if (!std::holds_alternative<Started>(event)) return;
  found->second.accept();
  tell(connection, RelayNews::What::started);
}

void PacketRelay::on_over(uint32_t connection, std::optional<Failure> failure) {
  std::lock_guard lock(mutex_);
  if (const auto input = inputs_.find(connection); input != inputs_.end()) leave_air(&input->second);
  if (const auto target = targets_.find(connection); target != targets_.end()) target->second.refuse();
  tell(connection, RelayNews::What::over, {}, std::move(failure));
}

std::optional<PacketRelay::InputStats> PacketRelay::input_stats(uint32_t connection) {
  std::lock_guard lock(mutex_);
  const auto found = inputs_.find(connection);
  if (found == inputs_.end()) return {};
  const RelayInput& input = found->second;
  return InputStats{input.counters(), input.stream()->stats(), &input == on_air_};
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

std::string PacketRelay::masked(uint32_t connection, std::string text) {
  std::lock_guard lock(mutex_);
  const auto stream = stream_of(connection);
  return stream ? stream->masked(std::move(text)) : std::string();
}

}  // namespace rxgst::rtmp
