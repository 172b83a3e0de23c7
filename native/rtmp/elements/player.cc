#include "rtmp/elements/player.h"

#include <algorithm>
#include <utility>

#include "gst/caps.h"
#include "js/js.h"
#include "rtmp/elements/announced.h"
#include "rtmp/elements/pads.h"
#include "rtmp/elements/payload_buffer.h"
#include "rtmp/elements/properties.h"
#include "rtmp/tags/tag_reader.h"

namespace rxgst::rtmp {

namespace {

constexpr int64_t ns_per_ms = 1'000'000;
/**
 * A track that has been quiet for so long, and is behind the other, says that nothing comes: up to a moment ago. That
 * is before a queue of one second is full of the other, whose push then waits for this one.
 */
constexpr int64_t quiet_us = 500'000, most_behind_ns = 500 * ns_per_ms, moment_ns = 300 * ns_per_ms;
/** How much earlier than its time a picture may be shown. */
constexpr int32_t most_composition_ms = 10'000;
/** As long as one track is alone, the other may still come. */
constexpr int64_t alone_ns = 6'000'000'000;

}  // namespace

Player::Player(GstElement* element, PlayerOptions options)
    : element_(element),
      options_(options),
      combiner_(gst_flow_combiner_new()),
      group_(gst_util_group_id_next()),
      news_(element) {}

int64_t Player::time_ns(const MediaMessage& message) {
  // 139 years. A server that leaps with every message would otherwise leave 64 bits of ns.
  constexpr int64_t most_time_ms = int64_t{1} << 42;
  return std::clamp<int64_t>(message.timestamp_ms, 0, most_time_ms) * ns_per_ms;
}

Player::~Player() { gst_flow_combiner_free(combiner_); }

bool Player::put(PlayQueue::Item item) {
  if (options_.direct && queue_.passes()) {
    if (!process_now(std::move(item))) leave();
    return true;
  }
  const bool over = item.over.has_value();
  const bool room = queue_.put(std::move(item));
  if (!options_.direct || !over) return room;
  // No thread looks after the queue in a pause.
  tell_in_pause();
  IoLoop::shared().post_at(now_us() + PlayQueue::longest_way_us, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tell_in_pause();
  });
  return room;
}

void Player::tell_in_pause() {
  std::lock_guard lock(giving_);
  if (over_ || stopping_) return;
  if (const auto failure = queue_.take_failure()) post_failure(element_, *failure);
}

void Player::give(std::deque<PlayQueue::Item> taken) {
  for (PlayQueue::Item& item : taken) {
    const size_t bytes = item.bytes;
    const bool goes_on = process_now(std::move(item));
    const bool has_room = queue_.note_through(bytes);
    if (!goes_on) {
      queue_.close();
      return leave();
    }
    if (!has_room) continue;
    std::lock_guard lock(giving_);
    if (!over_ && stream_) stream_->resume();
  }
}

bool Player::on_media(MediaMessage message) {
  // A part of a message keeps all of it.
  const size_t bytes = std::max(message.payload.bytes.size(), message.payload.owner_bytes);
  return put({Event(std::move(message)), {}, bytes});
}

bool Player::on_told(Event event) { return !is_news(event) || put({std::move(event), {}}); }

void Player::on_over(std::optional<Failure> failure) { put({{}, PlayQueue::Over{std::move(failure), false}}); }

/** Nobody takes anything any more: the server need not send it. */
void Player::leave() {
  std::lock_guard lock(giving_);
  if (!stopping_ && stream_) stream_->close();
}

void Player::set_playing(bool playing) {
  queue_.set_playing(playing);
  if (!playing || !options_.direct) return;
  IoLoop::shared().post([self = shared_from_this()] { self->give(self->queue_.take()); });
}

void Player::begin_stop() { stopping_ = true; }

void Player::flush() {
  queue_.flush();
  std::lock_guard lock(giving_);
  over_ = true;
}

void Player::end_stream() {
  PlayQueue::Item end{{}, PlayQueue::Over{{}, true}};
  if (options_.direct) {
    process_now(std::move(end));
  } else {
    // Ahead of what waits: whoever ends a stream wants its end.
    queue_.put_last(std::move(end));
  }
}

void Player::run() {
  std::deque<PlayQueue::Item> taken;
  std::optional<Failure> failure;
  if (!queue_.wait(&taken, &failure)) return;
  if (failure) post_failure(element_, *failure);
  give(std::move(taken));
}

bool Player::process_now(PlayQueue::Item item) {
  std::lock_guard lock(giving_);
  if (over_ || stopping_) return false;
  if (process(std::move(item))) return true;
  over_ = true;
  return false;
}

bool Player::process(PlayQueue::Item item) {
  if (item.over) {
    if (item.over->failure) post_failure(element_, *item.over->failure);
    if (!push_eos() && !item.over->failure && !item.over->told) tell_empty({});
    return false;
  }
  const Event& event = *item.event;
  if (const auto* media = std::get_if<MediaMessage>(&event)) return finish(process_media(*media));
  if (stream_) post_told(element_, *stream_, event);
  if (std::holds_alternative<PublisherBack>(event)) {
    for (Track& track : tracks_) track.discont = track.times.may_begin_anew = true;
  }
  const auto* ended = std::get_if<Ended>(&event);
  if (!ended) return true;
  if (!push_eos()) tell_empty(ended->words.code);
  return false;
}

/** What the pads said of it all; false: nothing more is given to them. */
bool Player::finish(GstFlowReturn flow) {
  if (flow == GST_FLOW_OK) return true;
  // Another pad may still come, which somebody wants.
  if (flow == GST_FLOW_NOT_LINKED && !all_pads_told_) return true;
  if (flow == GST_FLOW_FLUSHING) return false;
  // It is told already.
  if (flow == GST_FLOW_CUSTOM_ERROR) {
    push_eos();
    return false;
  }
  if (flow != GST_FLOW_EOS) GST_ELEMENT_FLOW_ERROR(element_, flow);
  push_eos();
  return false;
}

/** Nobody behind the pads could hear that it is over: there are none. */
void Player::tell_empty(const std::string& server_code) {
  post_failure(element_, {"ERR_PLAY_REJECTED",
                          "The server ended the stream before it sent anything of it",
                          "media",
                          stream_ ? stream_->masked(server_code) : "",
                          {},
                          false});
}

bool Player::push_eos() {
  bool any = false;
  for (Track& track : tracks_) {
    if (!track.pad) continue;
    // An end without a segment before it is none to some elements.
    if (!track.times.segment && segments_.join(&track.times, 0, now_us(), running_now())) give_segment(&track);
    any = true;
    gst_pad_push_event(track.pad, gst_event_new_eos());
  }
  return any;
}

GstFlowReturn Player::process_media(const MediaMessage& message) {
  if (message.kind == MediaKind::data) return process_script(message);
  GstFlowReturn flow = GST_FLOW_OK;
  TagReader reader(message.kind == MediaKind::video, message.payload.bytes);
  Frame frame;
  while (flow == GST_FLOW_OK && reader.next(&frame)) flow = process_frame(frame, message);
  if (reader.wrong()) GST_DEBUG_OBJECT(element_, "a message %s", reader.wrong());
  const bool readable = !std::exchange(doubtful_, false) && reader.wrong() == nullptr;
  if (message.kind == MediaKind::video && !is_sense(readable)) return GST_FLOW_CUSTOM_ERROR;
  return flow;
}

int64_t Player::running_now() const {
  // What comes now is shown now, whenever the pipeline began.
  ObjectRef<GstClock> clock(gst_element_get_clock(element_));
  const GstClockTime begun = gst_element_get_base_time(element_);
  const GstClockTime now = clock ? gst_clock_get_time(clock.get()) : 0;
  return now > begun ? static_cast<int64_t>(now - begun) : 0;
}

void Player::open_pad(Track* track, const char* name, GstCaps* caps) {
  GstPad* pad = new_source_pad(element_, name, caps, group_);
  gst_flow_combiner_add_pad(combiner_, pad);
  track->pad = pad;
  track->arrived_us = now_us();
  gst_element_add_pad(element_, pad);
  // Whoever stops made those pads inactive that there were; into this one nothing may go any more.
  if (stopping_) gst_pad_set_active(pad, FALSE);
}

void Player::give_segment(Track* track) {
  gst_pad_push_event(track->pad, gst_event_new_segment(&*track->times.segment));
  track->discont = true;
  track->last_dts = -1;
}

void Player::tell_all_pads(const Track* alone) {
  if (all_pads_told_) return;
  const bool both = tracks_[video].pad && tracks_[audio].pad;
  if (!both && (!alone || alone->position - alone->first < alone_ns)) return;
  all_pads_told_ = true;
  gst_element_no_more_pads(element_);
}

GstFlowReturn Player::push(Track* track, const Frame& frame, Payload packet, int64_t time) {
  TrackFormat& format = *track->format;
  if (segments_.follow(&track->times, time, now_us(), running_now())) {
    give_segment(track);
    track->first = track->position = time;
  }
  fill_gaps(*track, time);
  if (!format.header.empty()) {
    BufferRef header(copy(format.header));
    format.header.clear();
    GST_BUFFER_FLAG_SET(header.get(), GST_BUFFER_FLAG_HEADER);
    GST_BUFFER_PTS(header.get()) = static_cast<GstClockTime>(time);
    const GstFlowReturn flow = push_buffer(track, std::move(header));
    if (flow != GST_FLOW_OK) return flow;
  }
  BufferRef buffer;
  if (format.packets == TrackFormat::Packets::without_first_byte) {
    if (packet.bytes.size() < 2) return GST_FLOW_OK;
    buffer.reset(wrap(packet.part(1, packet.bytes.size() - 1)));
  } else if (format.packets == TrackFormat::Packets::start_codes) {
    const auto units = with_start_codes(packet.bytes);
    if (!units) return GST_FLOW_OK;
    buffer.reset(copy(*units));
  } else if (!format.before_key.empty() && frame.key) {
    buffer.reset(copy(format.before_key, packet.bytes));
  } else {
    buffer.reset(wrap(std::move(packet)));
  }
  if (frame.video) {
    // No picture waits so long: the number is wrong.
    const bool sane = frame.composition_ms >= -most_composition_ms;
    const int64_t shown = std::max<int64_t>(0, time + (sane ? frame.composition_ms * ns_per_ms : 0));
    // Publishers that write composition times below zero mean pictures, which are where they are, and decode earlier.
    track->lead = std::max(track->lead, time - shown);
    int64_t decoded = std::max<int64_t>(0, time - track->lead);
    if (decoded < track->last_dts && track->last_dts - decoded <= track->lead) decoded = track->last_dts;
    track->last_dts = decoded;
    GST_BUFFER_DTS(buffer.get()) = static_cast<GstClockTime>(std::min(decoded, shown));
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(shown);
    if (!frame.key) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
    if (frame.disposable) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DROPPABLE);
  } else {
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(time);
  }
  track->position = time;
  track->arrived_us = now_us();
  tell_all_pads(track);
  return push_buffer(track, std::move(buffer));
}

GstFlowReturn Player::push_buffer(Track* track, BufferRef buffer) {
  if (std::exchange(track->discont, false)) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  return gst_flow_combiner_update_pad_flow(combiner_, track->pad, gst_pad_push(track->pad, buffer.release()));
}

/** Whoever waits for all tracks need not wait for one that is quiet. Before the push of the other, which may wait. */
void Player::fill_gaps(const Track& active, int64_t time) {
  for (Track& track : tracks_) {
    if (!track.pad || &track == &active || now_us() - track.arrived_us < quiet_us) continue;
    // Of a track without media, or of data, the time is that of the others.
    const bool joins = !track.times.segment || &track == &tracks_[data];
    if (joins && segments_.join(&track.times, time, now_us(), running_now())) {
      give_segment(&track);
      track.position = active.first;
    }
    if (track.times.serial != active.times.serial || time - track.position < most_behind_ns) continue;
    const int64_t until = time - moment_ns;
    gst_pad_push_event(track.pad, gst_event_new_gap(static_cast<GstClockTime>(track.position),
                                                    static_cast<GstClockTime>(until - track.position)));
    track.position = until;
  }
}

GstFlowReturn Player::process_script(const MediaMessage& message) {
  if (const Announced promised = announced_by(message); promised.video || promised.audio)
    g_signal_emit_by_name(element_, "media-announced", promised.video, promised.audio);
  return push_script(message.payload, message.amf3 ? 3 : 0, time_ns(message));
}

GstFlowReturn Player::push_script(Payload script, int amf, int64_t stream_time) {
  if (!options_.script_data || script.bytes.empty()) return GST_FLOW_OK;
  Track& track = tracks_[data];
  const CapsRef caps(gst_caps_new_simple("application/x-rtmp-data", "amf", G_TYPE_INT, amf, nullptr));
  const int64_t time = segments_.near_ns(stream_time);
  if (!track.pad)
    open_pad(&track, "data", caps.get());
  else
    set_pad_caps(track.pad, caps.get());
  if (segments_.join(&track.times, time, now_us(), running_now())) give_segment(&track);
  BufferRef buffer(wrap(std::move(script)));
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(time);
  track.position = time;
  track.arrived_us = now_us();
  return push_buffer(&track, std::move(buffer));
}

}  // namespace rxgst::rtmp
