#include "output/fanout.h"

#include <algorithm>
#include <vector>

#include "gst/caps.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

// How long tags wait for each other to be sorted by time. If a clock paces the output: audio may be written one second
// ahead. Without a clock audio may be anywhere, and the waiting tags are small.
constexpr int64_t max_order_wait_ns = 1'500'000'000;
constexpr int64_t max_order_wait_unpaced_ns = 30'000'000'000;
// Where each has an order of its own, audio is no further ahead of the pictures: players have little room for it.
constexpr int64_t max_audio_ahead_ns = 100'000'000;
// Audio from before a connection's first keyframe that is kept for it: more than a second.
constexpr size_t max_early_tags = 64;

flv::Timestamp to_ms(int64_t ns) { return static_cast<flv::Timestamp>(static_cast<uint64_t>(ns / 1'000'000)); }

/** Sorts a tag by its time; release() takes it from there. */
void place(FanoutTarget& target, BufferRef tag, int64_t at, bool picture) {
  if (!tag) return;
  GST_BUFFER_PTS(tag.get()) = GST_BUFFER_DTS(tag.get()) = static_cast<GstClockTime>(at);
  if (picture) GST_BUFFER_FLAG_SET(tag.get(), GST_BUFFER_FLAG_MARKER);
  target.waiting.emplace(at, std::move(tag));
}

}  // namespace

void FanoutTarget::release(int64_t until) {
  while (!waiting.empty() && waiting.begin()->first <= until) {
    GstBuffer* tag = waiting.begin()->second.release();
    waiting.erase(waiting.begin());
    queued.push_back(GST_BUFFER_FLAG_IS_SET(tag, GST_BUFFER_FLAG_MARKER) ? static_cast<int64_t>(GST_BUFFER_DTS(tag))
                                                                         : -1);
    gst_app_src_push_buffer(source.get(), tag);
  }
}

int64_t FanoutTarget::queue_time() {
  const size_t level = gst_app_src_get_current_level_buffers(source.get());
  while (queued.size() > level) queued.pop_front();
  const auto picture = [](int64_t time) { return time >= 0; };
  const auto first = std::find_if(queued.begin(), queued.end(), picture);
  if (first == queued.end()) return 0;
  return *std::find_if(queued.rbegin(), queued.rend(), picture) - *first;
}

/** Whether some targets take packets, and none of them has room. */
bool FanoutState::all_full() {
  bool some = listeners.set_pace();
  if (some && !listeners.all_full()) return false;
  for (auto& [id, target] : targets) {
    if (!target->flowing) continue;
    some = true;
    if (target->queue_time() < max_queue_ns / 2) return false;
  }
  return some;
}

/**
 * Encoder's thread. Packets have running time: x264enc stamps from 1000 hours on, with a segment that starts there, and
 * audio encoders from 0. Each connection starts with a keyframe, and its zero is just before it. A push never blocks
 * (block=false), and a queue over its limit loses pictures up to the next keyframe: a slow target delays no other
 * target.
 */
void FanoutState::on_sample(GstSample* sample, Kind kind, uint32_t from) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  GstCaps* caps = gst_sample_get_caps(sample);
  if (!buffer || !caps || !GST_BUFFER_PTS_IS_VALID(buffer)) return;
  const GstSegment& segment = *gst_sample_get_segment(sample);
  const bool video = kind == Kind::video;
  int64_t pts = running_time(segment, GST_BUFFER_PTS(buffer)).value_or(0);
  int64_t dts = GST_BUFFER_DTS_IS_VALID(buffer) ? running_time(segment, GST_BUFFER_DTS(buffer)).value_or(0) : pts;

  std::lock_guard order(in_order_[video]);
  std::unique_lock lock(mutex);
  if (!is_of(from)) return;
  // The network sets the pace here: the encoder waits, then the queue before it, and then the writer. The publisher's
  // watchdog removes a target that takes nothing more, which ends the wait. Audio never waits: its encoder's queue
  // would block the pacer's thread.
  while (video && patient && !closed && is_of(from) && all_full()) {
    waiting = true;
    lock.unlock();
    g_usleep(2000);
    lock.lock();
  }
  if (video) waiting = false;
  if (!is_of(from)) return;
  CapsRef& current = video ? video_caps : audio_caps;
  if (!current || !gst_caps_is_equal(current.get(), caps)) {
    current.reset(gst_caps_ref(caps));
    if (video) {
      video_syntax = syntax_of(caps);
      // That of AV1 comes with its sequence header.
      GstBuffer* record = video_syntax == UnitSyntax::av1 ? video_record.get() : codec_data(caps);
      video_record = BufferRef(record ? gst_buffer_ref(record) : nullptr);
    }
    listeners.set_format(video, caps);
    for (auto& [id, target] : targets) (video ? target->has_video_header : target->has_audio_header) = false;
  }
  BufferRef made;
  if (video && video_syntax == UnitSyntax::av1) {
    made = av1_packet(buffer);
    if (!made) return;
    buffer = made.get();
    dts = pts;
  }
  const bool key = video && !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  const size_t size = gst_buffer_get_size(buffer);
  if (video) {
    ++video_packets;
    video_bytes += size;
    keyframes += key;
  } else {
    audio_bytes += size;
    pts -= audio_delay;
    dts -= audio_delay;
  }
  auto packet = listeners.packet_of(video, buffer, key, dts, pts);
  if (packet) packet->longest_wait_ns = longest_wait_ns();
  const auto hearing = packet ? listeners.all() : std::vector<mux::ListenerRef>();
  for (auto& [id, pointer] : targets) {
    FanoutTarget& target = *pointer;
    if (!target.based && !video) {
      target.early.emplace_back(dts, BufferRef(gst_buffer_ref(buffer)));
      if (target.early.size() > max_early_tags) target.early.pop_front();
      continue;
    }
    const bool begins = key && !target.based;
    if (key) target.flowing = true;
    if (begins) {
      target.based = true;
      // The first audio packet is one block before the picture: a decoder needs it before it can decode the next one.
      // The zero is in whole milliseconds, so that pictures keep the rounding of their own times.
      target.base_ns = dts - (audio_delay + 999'999) / 1'000'000 * 1'000'000;
      place(target, flv::metadata_tag(metadata, codec_of(video_syntax), 0), 0, false);
    }
    if (!target.based) continue;
    hand_over(target, kind, buffer, key, dts, pts);
    for (auto& [time, audio] : target.early) hand_over(target, Kind::audio, audio.get(), false, time, time);
    target.early.clear();
    let_go(target);
  }
  // A transport stream copies a whole picture: nobody waits for that at `mutex`.
  lock.unlock();
  for (const auto& listener : hearing) listener->on_packet(*packet);
}

int64_t FanoutState::longest_wait_ns() const { return patient ? max_order_wait_unpaced_ns : max_order_wait_ns; }

/** As RTMP carries it, with a keyframe's mark of its own; null: it has no picture, or no sequence header has come. */
BufferRef FanoutState::av1_packet(GstBuffer* from) {
  const MappedBuffer bytes(from);
  const auto unit = av1_units.make(bytes.data(), bytes.size(), metadata.bt709 ? av1::bt709 : av1::bt601);
  if (!unit) return nullptr;
  const std::vector<uint8_t>& record = av1_units.record();
  const bool same = video_record && gst_buffer_get_size(video_record.get()) == record.size() &&
                    gst_buffer_memcmp(video_record.get(), 0, record.data(), record.size()) == 0;
  if (!same) {
    video_record.reset(gst_buffer_new_memdup(record.data(), record.size()));
    listeners.set_format(true, video_caps.get(), record);
    for (auto& [id, target] : targets) target->has_video_header = false;
  }
  BufferRef made(gst_buffer_new_memdup(unit->bytes.data(), unit->bytes.size()));
  gst_buffer_copy_into(made.get(), from, GST_BUFFER_COPY_TIMESTAMPS, 0, static_cast<gsize>(-1));
  if (!unit->key) GST_BUFFER_FLAG_SET(made.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return made;
}

/** Gives one packet to one target, whose zero is known. */
void FanoutState::hand_over(FanoutTarget& target, Kind kind, GstBuffer* packet, bool key, int64_t dts, int64_t pts) {
  const bool video = kind == Kind::video;
  const int64_t at = dts - target.base_ns;
  if (at < 0) return;
  // A target that is too slow loses audio together with its pictures; if the network sets the pace, it loses nothing.
  const bool full = !patient && target.queue_time() > max_queue_ns;
  if ((video && !target.flowing) || full) {
    ++target.dropped;
    if (video) target.flowing = false;
    return;
  }
  bool& has_header = video ? target.has_video_header : target.has_audio_header;
  if (!has_header) {
    has_header = true;
    place(target,
          video ? flv::video_header_tag(codec_of(video_syntax), video_record.get(), to_ms(at))
                : flv::aac_header_tag(codec_data(audio_caps.get()), to_ms(at)),
          at, false);
    if (video && !target.has_audio_header) {
      // Players decide by the first tags which tracks a stream has. The AAC encoder gives its first packet three
      // pictures late, but its configuration is known.
      target.has_audio_header = static_cast<bool>(audio_caps);
      BufferRef config = flv::aac_config(metadata.rate, metadata.channels);
      place(target, flv::aac_header_tag(audio_caps ? codec_data(audio_caps.get()) : config.get(), 0), 0, false);
    }
  }
  ++target.packets;
  target.bytes += gst_buffer_get_size(packet);
  if (video) {
    const auto composition = static_cast<int32_t>(to_ms(pts - target.base_ns) - to_ms(at));
    BufferRef tag = flv::video_tag(codec_of(video_syntax), packet, key, to_ms(at), composition);
    // The output's running time: a meter at the sink finds by it when the picture was written.
    if (tag) GST_BUFFER_OFFSET_END(tag.get()) = static_cast<guint64>(pts);
    place(target, std::move(tag), at, true);
  } else {
    place(target, flv::aac_tag(packet, to_ms(at)), at, false);
  }
  (video ? target.last_video : target.last_audio) = at;
}

/**
 * Releases what need not wait any more. rtmp2sink and librtmp send audio and pictures on one chunk stream, as
 * differences of time, and a server that does not wrap a negative one at 32 bits (node-media-server) breaks the stream:
 * there both leave in one order, and a picture waits for the audio beside it, which its encoder gives later. rxrtmpsink
 * has a chunk stream for each, and a picture waits for nothing. Whichever track stops, the other waits no longer than
 * `order`.
 */
void FanoutState::let_go(FanoutTarget& target) {
  const int64_t last = std::max(target.last_video, target.last_audio);
  const int64_t complete =
      target.ordered ? std::min(target.last_video, target.last_audio) : target.last_video + max_audio_ahead_ns;
  target.release(std::max(complete, last - longest_wait_ns()));
}

void FanoutState::on_end(Kind kind, uint32_t from) {
  std::unique_lock lock(mutex);
  if (!is_of(from) || !finishing) return;
  (kind == Kind::video ? video_ended : audio_ended) = true;
  if (!video_ended || !audio_ended) return;
  const auto hearing = listeners.all();
  for (auto& [id, target] : targets) {
    target->release();
    gst_app_src_end_of_stream(target->source.get());
  }
  lock.unlock();
  for (const auto& listener : hearing) listener->on_end();
}

}  // namespace rxgst
