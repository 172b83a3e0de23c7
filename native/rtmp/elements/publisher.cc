#include "rtmp/elements/publisher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "rtmp/elements/properties.h"

namespace rxgst::rtmp {

namespace {

constexpr size_t tag_header = 11, tag_trailer = 4, flv_header = 9, most_flv_header = 1024;
enum TagType : uint8_t { audio_tag = 8, video_tag = 9, script_tag = 18 };

/**
 * What is on its way before the element makes its thread wait: some pictures with the sound beside them, so that who
 * fills the queue before it sees what the network takes.
 */
constexpr size_t most_waiting_messages = 8;
constexpr size_t most_waiting_bytes = 2 << 20;
/** For what the server said before its error to be told before it. */
constexpr int most_told_first_ms = 500;

struct HeldBuffer {
  explicit HeldBuffer(GstBuffer* buffer) : buffer(gst_buffer_ref(buffer)), map(buffer) {}
  BufferRef buffer;
  MappedBuffer map;
};

/** `onMetaData` and what follows is what a publisher sets as the stream's. */
Bytes metadata_head(Bytes body) {
  static constexpr char head[] = "\2\0\15@setDataFrame";
  static constexpr std::string_view name("\2\0\12onMetaData", 13);
  return text_of(body).starts_with(name) ? bytes_of({head, sizeof head - 1}) : Bytes();
}

}  // namespace

TagPublisher::TagPublisher(GstElement* element) { g_weak_ref_init(&element_, element); }

TagPublisher::~TagPublisher() { g_weak_ref_clear(&element_); }

bool TagPublisher::on_told(Event event) {
  if (std::holds_alternative<Started>(event)) {
    std::lock_guard lock(mutex_);
    started_ = true;
    changed_.notify_all();
  }
  const auto* connected = std::get_if<Connected>(&event);
  const bool told = connected ? !taken_pictures(connected->server).empty() : is_news(event);
  ObjectRef<GstElement> held(static_cast<GstElement*>(g_weak_ref_get(&element_)));
  if (!held || !told) return true;
  if (told_ >= most_told) {
    GST_WARNING_OBJECT(held.get(), "the server says more than anybody hears");
    return true;
  }
  ++told_;
  std::shared_ptr<GstElement> element(held.release(), ObjectUnref());
  messages_->post([self = shared_from_this(), element, news = std::make_shared<Event>(std::move(event))] {
    if (const auto stream = self->stream_) post_told(element.get(), *stream, *news);
    --self->told_;
  });
  return true;
}

void TagPublisher::on_sent() {
  std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void TagPublisher::on_over(std::optional<Failure> failure) {
  const bool failed = failure.has_value();
  {
    std::lock_guard lock(telling_);
    failure_ = std::move(failure);
  }
  {
    std::lock_guard lock(mutex_);
    over_ = true;
    failed_ = failed;
    changed_.notify_all();
  }
  if (!failed) return;
  ObjectRef<GstElement> held(static_cast<GstElement*>(g_weak_ref_get(&element_)));
  if (!held) return;
  std::shared_ptr<GstElement> element(held.release(), ObjectUnref());
  messages_->post([self = shared_from_this(), element] { self->tell_failure(element.get()); });
}

void TagPublisher::tell_failure(GstElement* element) {
  std::lock_guard lock(telling_);
  if (!failure_) return;
  post_failure(element, *failure_);
  failure_.reset();
}

void TagPublisher::set_flushing(bool flushing) {
  std::lock_guard lock(mutex_);
  flushing_ = flushing;
  changed_.notify_all();
}

GstFlowReturn TagPublisher::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const bool room = stream_->waiting_messages() < most_waiting_messages || stream_->waiting_bytes() == 0;
    return flushing_ || over_ || (started_ && room && stream_->waiting_bytes() < most_waiting_bytes);
  });
  if (flushing_) return GST_FLOW_FLUSHING;
  // What ended without an error has finished.
  if (over_) return failed_ ? GST_FLOW_ERROR : GST_FLOW_EOS;
  return GST_FLOW_OK;
}

GstFlowReturn TagPublisher::take(GstBuffer* buffer) {
  const GstFlowReturn flow = wait_for_room();
  if (flow == GST_FLOW_ERROR) {
    const ObjectRef<GstElement> element(static_cast<GstElement*>(g_weak_ref_get(&element_)));
    // Behind what was said before, if that is heard soon.
    if (element) messages_->run([] {}, most_told_first_ms);
    if (element) tell_failure(element.get());
  }
  if (flow != GST_FLOW_OK) return flow;
  if (rest_.empty()) {
    auto held = std::make_shared<const HeldBuffer>(buffer);
    const Bytes bytes(held->map.data(), held->map.size());
    const size_t used = send_tags(bytes, held);
    rest_.assign(bytes.begin() + static_cast<ptrdiff_t>(used), bytes.end());
    return GST_FLOW_OK;
  }
  const MappedBuffer map(buffer);
  rest_.insert(rest_.end(), map.data(), map.data() + map.size());
  auto whole = std::make_shared<const std::vector<uint8_t>>(std::move(rest_));
  const size_t used = send_tags(*whole, whole);
  rest_.assign(whole->begin() + static_cast<ptrdiff_t>(used), whole->end());
  return GST_FLOW_OK;
}

size_t TagPublisher::send_tags(Bytes bytes, const std::shared_ptr<const void>& owner) {
  size_t at = 0;
  if (bytes.size() >= flv_header && text_of(bytes.first(3)) == "FLV") {
    // Its length is 9 in every file; a number that lies makes nobody collect the rest of the file.
    const size_t claimed = number_at(bytes.data() + 5, 4);
    const size_t head = (claimed > most_flv_header ? flv_header : claimed) + tag_trailer;
    if (head > bytes.size()) return 0;
    at = head;
  }
  while (bytes.size() - at >= tag_header) {
    const size_t body = number_at(bytes.data() + at + 1, 3);
    if (bytes.size() - at < tag_header + body + tag_trailer) break;
    send_tag(bytes.data() + at, body, owner);
    at += tag_header + body + tag_trailer;
  }
  return at;
}

void TagPublisher::send_tag(const uint8_t* tag, size_t body, const std::shared_ptr<const void>& owner) {
  const int64_t time_ms = static_cast<int64_t>(number_at(tag + 4, 3) | uint32_t{tag[7]} << 24);
  const Payload payload{Bytes(tag + tag_header, body), owner};
  switch (tag[0] & 31) {
    case audio_tag:
      return stream_->send(MediaKind::audio, time_ms, {}, payload);
    case video_tag:
      return stream_->send(MediaKind::video, time_ms, {}, payload);
    case script_tag:
      return stream_->send(MediaKind::data, time_ms, metadata_head(payload.bytes), payload);
    default:
      return;
  }
}

bool TagPublisher::finish(int64_t longest_us) {
  stream_->finish();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(longest_us), [&] { return flushing_ || over_; });
  return !failed_;
}

void TagPublisher::close() {
  set_flushing(true);
  stream_->close();
}

}  // namespace rxgst::rtmp
