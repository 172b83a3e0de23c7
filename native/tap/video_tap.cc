#include "tap/video_tap.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "capture/slots.h"
#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "pixels/pixel_formats.h"
#include "tap/decoder_pool_query.h"

namespace rxgst {
namespace {

constexpr int64_t us_per_s = 1'000'000;
constexpr int64_t longest_broken_us = 5'000'000;
// With 'block' a picture waits for memory so long before it is lost: longer than a consumer works on one.
constexpr int64_t memory_patience_us = 2 * us_per_s;
constexpr int64_t memory_look_us = 5'000;

/**
 * appsink 1.22 answers the allocation query without GstVideoMeta, and decoders then copy every picture into tight rows.
 * We read strides, so we say so, and take the decoder's own buffer. The pool that it is offered spares two more copies:
 * avdec_h264 1.22 compares the coded height of its own pool with the shown one and copies where they differ, as for
 * 1080 lines, which are coded as 1088; and pictures that later ones refer to are copied by GStreamer
 * (tap/decoder_pool.h).
 */
GstPadProbeReturn answer_allocation(DecoderPoolQuery& offer, GstPad* pad, GstPadProbeInfo* info) {
  GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
  if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
  if (!gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr)) {
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  }
  offer.answer(pad, query);
  return GST_PAD_PROBE_HANDLED;
}

PixelAspect pixel_of(const GstVideoInfo& info) {
  return plausible(GST_VIDEO_INFO_PAR_N(&info), GST_VIDEO_INFO_PAR_D(&info));
}

/** Numbers that read() tells of a picture. FRAME_FIELDS in TypeScript is the same table, and a test compares the two.
 */
constexpr const char* frame_fields[] = {"lease",    "width",   "height",   "pixelN",        "pixelD", "timestamp",
                                        "duration", "arrival", "sequence", "discontinuity", "format"};

}  // namespace

/**
 * At the beginning of a connection alone. GStreamer 1.26 with FFmpeg 7.1 loses the picture that begins an open group
 * where the one before it is missing (get_buffer() fails for what would fill the gap), and marks what refers to it.
 */
bool VideoTapState::is_broken(GstBuffer* buffer) {
  if (!wants_intact || intact_) return false;
  const int64_t now = now_us();
  if (broken_since_ < 0) broken_since_ = now;
  // A decoder that marks every picture must not keep the stream dark.
  const bool broken =
      GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED) && now - broken_since_ < longest_broken_us;
  intact_ = !broken;
  return broken;
}

void VideoTapState::on_sample(GstSample* sample) {
  // A connection that is over has no say in the capture's time any more.
  if (is_closed()) return;
  GstCaps* caps = gst_sample_get_caps(sample);
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (!buffer) return;
  if (!caps || caps != caps_.get()) {
    GstVideoInfo info;
    if (media_of(caps) != "video/x-raw" || !gst_video_info_from_caps(&info, caps)) {
      refuse(caps);
      return;
    }
    caps_ = ref_caps(caps);
    info_ = info;
    std::lock_guard lock(mutex);
    source_width = GST_VIDEO_INFO_WIDTH(&info);
    source_height = GST_VIDEO_INFO_HEIGHT(&info);
    source_pixel = pixel_of(info);
    wakeup->note(change_info);
  }
  const GstClockTime pts = GST_BUFFER_PTS(buffer);
  int64_t running = 0;
  if (GST_CLOCK_TIME_IS_VALID(pts)) {
    running = running_time(*gst_sample_get_segment(sample), pts).value_or(0);
  } else {
    // A decoder that lost track of time: one frame after the last.
    const auto zero = timeline->zero();
    running = zero ? zero->running + (last_timestamp_ + 1 - zero->capture) * 1000 : 0;
  }
  const auto [arrival, shown] = gate->arrivals().of(pts);
  if (!shown || is_broken(buffer)) {
    std::lock_guard lock(mutex);
    ++decoded;
    ++incomplete;
    return;
  }
  const auto zero = timeline->establish(running, arrival);
  int64_t timestamp = std::max(zero.capture + (running - zero.running) / 1000, zero.capture);
  // Never back: a broken source may repeat or reorder timestamps; the picture is still shown, in its order.
  if (timestamp <= last_timestamp_) timestamp = last_timestamp_ + 1;
  if (const uint32_t jumps = timeline->jumps(); jumps != jumps_) {
    jumps_ = jumps;
    discontinuity_ = true;
  }

  int64_t duration = 0;
  if (GST_BUFFER_DURATION_IS_VALID(buffer) && GST_BUFFER_DURATION(buffer) > 0) {
    duration = static_cast<int64_t>(GST_BUFFER_DURATION(buffer) / 1000);
  } else if (info_.fps_n > 0) {
    duration = static_cast<int64_t>(gst_util_uint64_scale_int(us_per_s, info_.fps_d, info_.fps_n));
  } else if (last_timestamp_ >= 0) {
    duration = timestamp - last_timestamp_;
  }
  last_timestamp_ = timestamp;
  auto& clock = timeline->clock();
  clock.reach(timestamp + std::max<int64_t>(duration, 1));

  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_READ)) {
    std::lock_guard lock(mutex);
    ++decoded;
    ++dropped_bad;
    return;
  }
  if (fps_n == 0) {
    {
      std::lock_guard lock(mutex);
      ++decoded;
    }
    deliver(frame, pts, timestamp, duration, arrival, std::exchange(discontinuity_, false));
  } else {
    // After a gap over one second the slots move on: a burst of copies would only delay what is new.
    const Slots slots{fps_n, fps_d};
    const int64_t due = slots.due(timestamp, duration);
    if (next_slot_ < 0) {
      // An outage is not filled with copies of what comes after it.
      next_slot_ = zero.capture == 0 ? 0 : std::max(slots.nearest(timestamp), clock.next_slot());
    }
    // Nor is the sound that came before the first picture.
    if (slots.time(next_slot_) + us_per_s < timestamp) next_slot_ = slots.last(timestamp);
    {
      std::lock_guard lock(mutex);
      ++decoded;
    }
    while (slots.time(next_slot_) <= due) {
      const int64_t slot = next_slot_++;
      clock.take_slot(slot);
      clock.reach(slots.time(slot) + slots.duration());
      deliver(frame, pts, slots.time(slot), slots.duration(), arrival, std::exchange(discontinuity_, false));
    }
  }
  gst_video_frame_unmap(&frame);
}

void VideoTapState::refuse(GstCaps* caps) {
  {
    std::lock_guard lock(mutex);
    wrong_caps = caps ? caps_text(caps) : "no caps";
  }
  wakeup->wake(change_wrong);
}

/** With the mutex held. The queue is not empty. */
Picture VideoTapState::drop_oldest() {
  Picture gone = std::move(queue.front());
  queue.pop_front();
  queued_bytes -= gone.memory.size();
  ++dropped_queue;
  dropped_unwanted += !wanted;
  // A discontinuity stays visible although its first picture went.
  if (gone.discontinuity && !queue.empty())
    queue.front().discontinuity = true;
  else
    lost_discontinuity_ |= gone.discontinuity;
  return gone;
}

/**
 * Memory for a picture, or none, which is counted then. Where there is none: the oldest that wait give theirs, so that
 * the newest is had; with 'block' the stream waits until something is given back, for as long as it may be on its way.
 */
PooledFrame VideoTapState::room_for(size_t bytes) {
  const int64_t begun = now_us();
  for (;;) {
    if (PooledFrame memory = PooledFrame::take(bytes, account)) {
      impatient_ = false;
      return memory;
    }
    std::optional<Picture> dropped;  // its memory is given back outside of the lock
    std::unique_lock lock(mutex);
    if (closed) return {};
    if (policy == DropPolicy::block && !impatient_) {
      impatient_ = now_us() - begun > memory_patience_us;
      waiting = true;
      // Whoever gives memory back knows nothing of who waits for it.
      const auto over = [&] { return closed || policy != DropPolicy::block; };
      changed.wait_for(lock, std::chrono::microseconds(memory_look_us), over);
      waiting = false;
      continue;
    }
    if (policy == DropPolicy::oldest && !queue.empty()) {
      dropped = drop_oldest();
      lock.unlock();
      continue;
    }
    if (queue.empty())
      ++dropped_held;
    else
      ++dropped_queue;
    return {};
  }
}

void VideoTapState::deliver(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp, int64_t duration,
                            int64_t arrival, bool discontinuity) {
  const auto [to_width, to_height, pixel] = shape_of(info_.width, info_.height, pixel_of(info_), width, height);
  const PixelFormat to_format = format.value_or(pixel_format_of(info_).value_or(PixelFormat::rgb));
  const uint64_t sequence = timeline->clock().next_sequence();
  // If this one is lost, it is the next one's.
  lost_discontinuity_ |= discontinuity;
  {
    // What would be dropped is not converted.
    std::unique_lock lock(mutex);
    if (policy == DropPolicy::block) {
      waiting = true;
      changed.wait(lock, [&] { return queue.size() < capacity || closed || policy != DropPolicy::block; });
      waiting = false;
    }
    if (closed) return;
    if (policy == DropPolicy::newest && queue.size() >= capacity) {
      ++dropped_queue;
      dropped_unwanted += !wanted;
      return;
    }
  }
  PooledFrame memory = room_for(picture_bytes(to_format, to_width, to_height));
  if (!memory) {
    wakeup->wake(change_held);
    return;
  }
  if (!converter_.convert(frame, to_format, to_width, to_height, memory.data()) &&
      !any_converter_.convert(frame, to_format, to_width, to_height, memory.data(), memory.size())) {
    std::lock_guard lock(mutex);
    ++dropped_bad;
    return;
  }
  std::optional<Picture> dropped;
  {
    std::lock_guard lock(mutex);
    if (closed) return;
    if (queue.size() >= capacity) dropped = drop_oldest();
    queued_bytes += memory.size();
    queue.push_back(Picture{std::move(memory), to_width, to_height, pixel, timestamp, duration, arrival, sequence,
                            std::exchange(lost_discontinuity_, false), to_format, pts});
  }
  changed.notify_all();
  wakeup->wake(change_frames);
}

void VideoTapState::on_end() {
  {
    std::lock_guard lock(mutex);
    ended = true;
  }
  changed.notify_all();
  wakeup->wake(change_ended);
}

bool VideoTapState::wait_for_picture(int64_t timeout_us) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, std::chrono::microseconds(timeout_us), [&] { return !queue.empty() || ended || closed; });
  return !queue.empty();
}

bool VideoTapState::is_closed() {
  std::lock_guard lock(mutex);
  return closed;
}

void VideoTapState::close() {
  std::deque<Picture> rest;
  {
    std::lock_guard lock(mutex);
    closed = true;
    rest.swap(queue);
    queued_bytes = 0;
  }
  account->leave();
  changed.notify_all();
}

Napi::Function VideoTap::define(Napi::Env env) {
  return DefineClass(
      env, "VideoTap",
      {InstanceMethod("read", &VideoTap::read), InstanceMethod("wait", &VideoTap::wait),
       InstanceMethod("stats", &VideoTap::stats), InstanceMethod("setPolicy", &VideoTap::set_policy),
       InstanceMethod("setWanted", &VideoTap::set_wanted), InstanceMethod("watchArrival", &VideoTap::watch_arrival),
       InstanceMethod("close", &VideoTap::close)});
}

/**
 * new VideoTap(appsink, timeline, { format, width, height, fpsN, fpsD, capacity, policy }, changes, account); without
 * an account: one of its own
 */
VideoTap::VideoTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VideoTap>(info) {
  state_ = std::make_shared<VideoTapState>();
  ObjectRef<GstAppSink> sink = element_argument<GstAppSink>(info[0]);
  state_->timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_->account = info[4].IsObject() ? FrameAccountHandle::Unwrap(info[4].As<Napi::Object>())->account()
                                       : std::make_shared<FrameAccount>(SIZE_MAX);
  auto options = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().Int32Value(); };
  state_->format = pixel_formats.maybe(options.Get("format"));
  state_->width = number("width");
  state_->height = number("height");
  state_->fps_n = number("fpsN");
  state_->fps_d = number("fpsD");
  state_->capacity = static_cast<size_t>(number("capacity"));
  state_->policy = drop_policies.of(options.Get("policy"));
  state_->wakeup = Changes::wakeup_of(info[3]);

  ObjectRef<GstPad> pad(gst_element_get_static_pad(GST_ELEMENT(sink.get()), "sink"));
  allocation_probe_ = PadProbe(std::move(pad), GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
                               [offer = DecoderPoolQuery()](GstPad* at, GstPadProbeInfo* query) mutable {
                                 return answer_allocation(offer, at, query);
                               });

  place_.take(std::move(sink), state_);
}

VideoTap::~VideoTap() { close_now(); }

void VideoTap::close_now() {
  if (!place_.leave()) return;
  state_->close();
  state_->listeners.clear();
}

Napi::Array frame_fields_table(Napi::Env env) {
  auto table = Napi::Array::New(env, std::size(frame_fields));
  for (uint32_t i = 0; i < std::size(frame_fields); ++i) table[i] = frame_fields[i];
  return table;
}

/**
 * read(max, fields): the memory of the oldest pictures, at most as many as `fields`, a Float64Array, has room for. Its
 * first number becomes how many wait after them; behind it comes what is to be told of each one (frame_fields).
 */
Napi::Value VideoTap::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto fields = info[1].As<Napi::Float64Array>();
  const size_t room = (fields.ElementLength() - 1) / std::size(frame_fields);
  const size_t max = std::min<size_t>(info[0].ToNumber().Uint32Value(), room);
  std::deque<Picture> taken;
  size_t left = 0;
  {
    std::lock_guard lock(state_->mutex);
    taken = take_oldest(state_->queue, max);
    for (const Picture& picture : taken) state_->queued_bytes -= picture.memory.size();
    left = state_->queue.size();
  }
  state_->changed.notify_all();
  auto result = Napi::Array::New(env, taken.size());
  double* field = fields.Data();
  *field++ = static_cast<double>(left);
  uint32_t index = 0;
  for (Picture& picture : taken) {
    uint32_t lease = 0;
    result[index++] = lend(env, std::move(picture.memory), &lease);
    for (const double value :
         {static_cast<double>(lease), static_cast<double>(picture.width), static_cast<double>(picture.height),
          static_cast<double>(picture.pixel.n), static_cast<double>(picture.pixel.d),
          static_cast<double>(picture.timestamp), static_cast<double>(picture.duration),
          static_cast<double>(picture.arrival), static_cast<double>(picture.sequence),
          picture.discontinuity ? 1.0 : 0.0, static_cast<double>(picture.format)}) {
      *field++ = value;
    }
    for (const auto& listener : state_->listeners) listener->delivered(picture.pts, picture.arrival);
  }
  return result;
}

/** wait(ms): blocks the JS thread until a picture is there, the stream ended or the time is over. */
Napi::Value VideoTap::wait(const Napi::CallbackInfo& info) {
  const auto timeout = static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
  return Napi::Boolean::New(info.Env(), state_->wait_for_picture(timeout));
}

Napi::Value VideoTap::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  std::lock_guard lock(state_->mutex);
  result["decoded"] = static_cast<double>(state_->decoded);
  result["queued"] = static_cast<double>(state_->queue.size());
  result["queuedBytes"] = static_cast<double>(state_->queued_bytes);
  result["droppedQueue"] = static_cast<double>(state_->dropped_queue);
  result["droppedHeld"] = static_cast<double>(state_->dropped_held);
  result["droppedUnwanted"] = static_cast<double>(state_->dropped_unwanted);
  // From the oldest picture that waits to the end of the newest.
  const auto& queue = state_->queue;
  result["queuedTime"] =
      queue.empty() ? 0.0
                    : static_cast<double>(queue.back().timestamp + queue.back().duration - queue.front().timestamp);
  // Those that were not decoded, and those that were for others' sake.
  result["incomplete"] = static_cast<double>(state_->incomplete + state_->gate->missed());
  // µs; 0: pictures do not wait for one to begin with.
  const int64_t since = state_->gate->waits_since();
  result["keyframeWait"] = static_cast<double>(since > 0 ? now_us() - since : 0);
  result["droppedBad"] = static_cast<double>(state_->dropped_bad);
  result["waiting"] = Napi::Boolean::New(info.Env(), state_->waiting);
  result["ended"] = Napi::Boolean::New(info.Env(), state_->ended);
  result["width"] = state_->source_width;
  result["height"] = state_->source_height;
  result["pixelN"] = static_cast<double>(state_->source_pixel.n);
  result["pixelD"] = static_cast<double>(state_->source_pixel.d);
  result["wrong"] = text_or_null(info.Env(), state_->wrong_caps);
  return result;
}

/** setPolicy(policy): 'block' may change to another while the streaming thread waits in it. */
Napi::Value VideoTap::set_policy(const Napi::CallbackInfo& info) {
  {
    std::lock_guard lock(state_->mutex);
    state_->policy = drop_policies.of(info[0]);
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

/** setWanted(whether anybody takes pictures) */
Napi::Value VideoTap::set_wanted(const Napi::CallbackInfo& info) {
  std::lock_guard lock(state_->mutex);
  state_->wanted = info[0].ToBoolean().Value();
  return info.Env().Undefined();
}

/** watchArrival(element, limits, lenient): arrival times are taken at this element's sink pad, behind the limits'
 * probe. */
Napi::Value VideoTap::watch_arrival(const Napi::CallbackInfo& info) {
  auto limits = InputLimits::Unwrap(info[1].As<Napi::Object>())->state();
  state_->wants_intact = !info[2].ToBoolean().Value();
  arrival_probe_ = state_->gate->watch(element_argument(info[0]).get(), std::move(limits), info[2].ToBoolean().Value());
  return info.Env().Undefined();
}

Napi::Value VideoTap::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
