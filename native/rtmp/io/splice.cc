#include "rtmp/io/splice.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "rtmp/tags/tag_reader.h"

namespace rxgst::rtmp {

namespace {

/** Of what both may have alike: more than a server keeps for new players. */
constexpr size_t most_marks = 2000;
/** Differences of times that are counted. Streams that are alike have one; a peer that means harm, millions. */
constexpr size_t most_votes = 10'000;
/** Some seconds; a connection that gives more before its place is found begins without. */
constexpr size_t most_kept_bytes = 8 << 20, most_kept_messages = 4000;
constexpr int64_t longest_search_us = 10'000'000;
/** The old connection gives nothing any more. */
constexpr int64_t silent_us = 1'000'000;
/** A picture of so many bytes is no other one; of smaller ones it takes two that are as far apart. */
constexpr size_t sure_bytes = 1000;
constexpr int sure = 2;
/** Times of the new connection that fit behind those of the old one stay as they are. */
constexpr int64_t most_gap_ms = 10'000, step_ms = 40;

bool is_video(const MediaMessage& message) { return message.kind == MediaKind::video; }

bool is_media(const MediaMessage& message) {
  return message.kind != MediaKind::data && has_media(is_video(message), message.payload.bytes);
}

bool is_key(const MediaMessage& message) {
  TagReader reader(true, message.payload.bytes);
  Frame frame;
  return is_video(message) && reader.next(&frame) && frame.kind == FrameKind::media && frame.key;
}

}  // namespace

std::optional<Splice::Mark> Splice::mark_of(const MediaMessage& message) const {
  // Silence is alike all over; pictures decide where there are any.
  if (!is_media(message) || is_video(message) != has_pictures_) return {};
  const Bytes bytes = message.payload.bytes;
  return Mark{std::hash<std::string_view>()(text_of(bytes)), bytes.size(), message.timestamp_ms};
}

void Splice::compare(const std::deque<Mark>& others, const Mark& mark, bool is_new) {
  if (joined_) return;
  for (const Mark& other : others) {
    if (other.content != mark.content || other.size != mark.size) continue;
    const int64_t shift = is_new ? other.time_ms - mark.time_ms : mark.time_ms - other.time_ms;
    if (votes_.size() >= most_votes && !votes_.contains(shift)) continue;
    int& votes = votes_[shift];
    votes += mark.size >= sure_bytes ? sure : 1;
    if (votes < sure) continue;
    joined_ = true;
    shift_ms_ = shift;
    return;
  }
}

void Splice::note_time(const MediaMessage& message, Times* last_ms) {
  if (message.kind == MediaKind::data || is_media(message))
    (*last_ms)[static_cast<size_t>(message.kind)] = message.timestamp_ms;
}

void Splice::note_old(const MediaMessage& message, int64_t now_us) {
  note_time(message, &last_ms_);
  if (!is_media(message)) return;
  old_us_ = now_us;
  if (is_video(message) && !std::exchange(has_pictures_, true)) {
    old_.clear();
    new_.clear();
  }
  const auto mark = mark_of(message);
  if (!mark) return;
  compare(new_, *mark, false);
  old_.push_back(*mark);
  if (old_.size() > most_marks) old_.pop_front();
}

void Splice::keep_new(MediaMessage message, int64_t now_us) {
  if (is_video(message) && is_media(message) && !std::exchange(has_pictures_, true)) {
    old_.clear();
    new_.clear();
  }
  if (const auto mark = mark_of(message)) {
    compare(old_, *mark, true);
    new_.push_back(*mark);
    if (new_.size() > most_marks) new_.pop_front();
  }
  const bool begins = is_key(message) || (!has_pictures_ && is_media(message));
  // Of pictures that came behind a sound the first one is where it begins.
  if (begins && (!begins_ || (is_video(message) && !is_video(kept_[*begins_])))) {
    if (!begins_) ready_us_ = now_us;
    begins_ = kept_.size();
  }
  kept_bytes_ += std::max(message.payload.bytes.size(), message.payload.owner_bytes);
  kept_.push_back(std::move(message));
}

bool Splice::overdue(int64_t now_us) const {
  if (kept_bytes_ > most_kept_bytes || kept_.size() > most_kept_messages) return true;
  if (!begins_) return false;
  return now_us - ready_us_ > longest_search_us || (now_us - old_us_ > silent_us && now_us - ready_us_ > silent_us);
}

std::vector<MediaMessage> Splice::take() {
  int64_t last = INT64_MIN;
  for (const auto& it : last_ms_) last = std::max(last, it.value_or(INT64_MIN));
  const size_t from = joined_ ? 0 : begins_.value_or(kept_.size());
  if (!joined_ && from < kept_.size() && last != INT64_MIN) {
    const int64_t gap = kept_[from].timestamp_ms - last;
    if (gap <= 0 || gap > most_gap_ms) shift_ms_ = step_ms - gap;
  }
  std::vector<MediaMessage> out;
  for (size_t i = 0; i < kept_.size(); ++i) {
    MediaMessage& message = kept_[i];
    if (i < from && is_media(message)) continue;
    if (goes_on(&message)) out.push_back(std::move(message));
  }
  kept_.clear();
  old_.clear();
  new_.clear();
  votes_.clear();
  return out;
}

bool Splice::goes_on(MediaMessage* message) {
  message->timestamp_ms += shift_ms_;
  // Configurations have no time of their own.
  if (message->kind != MediaKind::data && !is_media(*message)) return true;
  std::optional<int64_t>& last = last_ms_[static_cast<size_t>(message->kind)];
  if (last && message->timestamp_ms <= *last) return false;
  last.reset();
  return true;
}

}  // namespace rxgst::rtmp
