#include "tap/video_tap.h"

#include <algorithm>
#include <utility>

#include "capture/captions/caption_tap.h"
#include "capture/slots.h"
#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"
#include "gst/time_units.h"
#include "pixels/pixel_formats.h"
#include "tap/decoder_pool_query.h"
#include "tap/frame_reading.h"
#include "tap/picture_color.h"

namespace rxgst {
namespace {

/** A decoder that marks every picture as corrupt must not keep the stream dark for ever. */
constexpr int64_t max_broken_us = 5'000'000;

/**
 * Answers the decoder's allocation query. appsink 1.22 answers it without GstVideoMeta, and decoders then copy every
 * picture into tight rows. The tap reads strides, so it offers GstVideoMeta, and takes the decoder's own buffer. The
 * pool that it offers saves two more copies. avdec_h264 1.22 compares the coded height of its own pool with the shown
 * height and copies where they differ: 1080 lines are coded as 1088. And GStreamer copies pictures that later ones
 * refer to (tap/decoder_pool.h).
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

}  // namespace

/**
 * Whether the decoder marks this picture as corrupt; only the begin of a connection is checked. GStreamer 1.26 with
 * FFmpeg 7.1 loses the picture that begins an open group where the picture before it is missing (get_buffer() fails for
 * the picture that would fill the gap), and marks the pictures that refer to it.
 */
bool VideoTapState::is_broken(GstBuffer* buffer) {
  if (!wants_intact || intact_) return false;
  const int64_t now = now_us();
  if (broken_since_us_ < 0) broken_since_us_ = now;
  const bool broken =
      GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED) && now - broken_since_us_ < max_broken_us;
  intact_ = !broken;
  return broken;
}

/** False: the sample is no picture. */
bool VideoTapState::read_caps(GstCaps* caps) {
  GstVideoInfo info;
  if (media_of(caps) != "video/x-raw" || !gst_video_info_from_caps(&info, caps)) {
    {
      std::lock_guard lock(mutex_);
      seen_.wrong_caps = caps ? caps_text(caps) : "no caps";
    }
    wakeup->wake(change_wrong);
    return false;
  }
  caps_ = ref_caps(caps);
  info_ = info;
  std::lock_guard lock(mutex_);
  seen_.width = GST_VIDEO_INFO_WIDTH(&info);
  seen_.height = GST_VIDEO_INFO_HEIGHT(&info);
  seen_.pixel = pixel_of(info);
  wakeup->note(change_info);
  return true;
}

int64_t VideoTapState::duration_us(GstBuffer* buffer, int64_t timestamp_us) const {
  if (GST_BUFFER_DURATION_IS_VALID(buffer) && GST_BUFFER_DURATION(buffer) > 0)
    return static_cast<int64_t>(GST_BUFFER_DURATION(buffer) / 1000);
  if (info_.fps_n > 0) return static_cast<int64_t>(gst_util_uint64_scale_int(us_per_s, info_.fps_d, info_.fps_n));
  return last_timestamp_us_ >= 0 ? timestamp_us - last_timestamp_us_ : 0;
}

void VideoTapState::on_sample(GstSample* sample) {
  // A connection that is over must not move the capture's clock.
  if (queue.is_closed()) return;
  GstCaps* caps = gst_sample_get_caps(sample);
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (!buffer) return;
  if ((!caps || caps != caps_.get()) && !read_caps(caps)) return;
  const GstClockTime pts = GST_BUFFER_PTS(buffer);
  int64_t running = 0;
  if (GST_CLOCK_TIME_IS_VALID(pts)) {
    running = running_time(*gst_sample_get_segment(sample), pts).value_or(0);
  } else {
    // The decoder has lost its timestamps: this picture follows the last one.
    const auto zero = timeline->zero();
    running = zero ? zero->running + (last_timestamp_us_ + 1 - zero->capture) * 1000 : 0;
  }
  const auto [arrival_us, shown] = gate->arrivals().of(pts);
  if (!shown || is_broken(buffer)) {
    std::lock_guard lock(mutex_);
    ++seen_.decoded;
    ++seen_.incomplete;
    return;
  }
  const auto zero = timeline->establish(running, arrival_us);
  int64_t timestamp_us = std::max(zero.capture + (running - zero.running) / 1000, zero.capture);
  // Timestamps never go back. A broken source may repeat or reorder them; its pictures are shown in their order.
  if (timestamp_us <= last_timestamp_us_) timestamp_us = last_timestamp_us_ + 1;
  if (const uint32_t jumps = timeline->jumps(); jumps != jumps_) {
    jumps_ = jumps;
    discontinuity_ = true;
  }
  const int64_t lasts_us = duration_us(buffer, timestamp_us);
  last_timestamp_us_ = timestamp_us;
  timeline->clock().reach(timestamp_us + std::max<int64_t>(lasts_us, 1));

  GstVideoFrame frame;
  const bool mapped = gst_video_frame_map(&frame, &info_, buffer, GST_MAP_READ);
  {
    std::lock_guard lock(mutex_);
    ++seen_.decoded;
    seen_.dropped_bad += !mapped;
  }
  if (!mapped) return;
  const auto captions = carried ? carried->take_until(static_cast<int64_t>(pts)) : nullptr;
  captions_ = captions::joined(std::move(captions_), captions);
  watchers.tell({&frame, pixel_of(info_), pts, timestamp_us, lasts_us, arrival_us, discontinuity_, captions});
  if (fps_n == 0)
    deliver(frame, pts, timestamp_us, lasts_us, arrival_us);
  else
    deliver_in_slots(frame, pts, timestamp_us, lasts_us, arrival_us, zero);
  gst_video_frame_unmap(&frame);
}

/** Delivers the picture once for each slot of the wanted frame rate that it serves. */
void VideoTapState::deliver_in_slots(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp_us,
                                     int64_t duration_us, int64_t arrival_us, const TimelineState::Zero& zero) {
  const Slots slots{fps_n, fps_d};
  auto& clock = timeline->clock();
  const int64_t due = slots.due(timestamp_us, duration_us);
  if (next_slot_ < 0) {
    // The time of an outage is not filled with copies of the picture after it.
    next_slot_ = zero.capture == 0 ? 0 : std::max(slots.nearest(timestamp_us), clock.next_slot());
  }
  // After a gap of more than one second, such as audio before the first picture, the slots in it stay empty: a burst of
  // copies would only delay new pictures.
  if (slots.time(next_slot_) + us_per_s < timestamp_us) next_slot_ = slots.last(timestamp_us);
  while (slots.time(next_slot_) <= due) {
    const int64_t slot = next_slot_++;
    clock.take_slot(slot);
    clock.reach(slots.time(slot) + slots.duration());
    deliver(frame, pts, slots.time(slot), slots.duration(), arrival_us);
  }
}

void VideoTapState::deliver(const GstVideoFrame& frame, GstClockTime pts, int64_t timestamp_us, int64_t duration_us,
                            int64_t arrival_us) {
  const auto [to_width, to_height, pixel] = shape_of(info_.width, info_.height, pixel_of(info_), width, height);
  const PixelFormat to_format = format.value_or(pixel_format_of(info_).value_or(PixelFormat::rgb));
  const uint64_t sequence = timeline->clock().next_sequence();
  if (!queue.admit(std::exchange(discontinuity_, false))) return;
  PooledFrame memory = queue.allocate(picture_bytes(to_format, to_width, to_height));
  if (!memory) {
    wakeup->wake(change_held);
    return;
  }
  if (!converter_.convert(frame, to_format, to_width, to_height, memory.data()) &&
      !any_converter_.convert(frame, to_format, to_width, to_height, memory.data(), memory.size())) {
    std::lock_guard lock(mutex_);
    ++seen_.dropped_bad;
    return;
  }
  memory.set_captions(std::exchange(captions_, nullptr));
  const bool queued = queue.push(Picture{std::move(memory), to_width, to_height, pixel, timestamp_us, duration_us,
                                         arrival_us, sequence, false, to_format, pts, color_of(info_, to_format)});
  if (queued) wakeup->wake(change_frames);
}

void VideoTapState::on_end() {
  queue.end();
  wakeup->wake(change_ended);
}

void VideoTapState::close() { queue.close(); }

VideoTapState::Seen VideoTapState::seen() {
  std::lock_guard lock(mutex_);
  return seen_;
}

Napi::Function VideoTap::define(Napi::Env env) {
  return DefineClass(
      env, "VideoTap",
      {InstanceMethod("read", &VideoTap::read), InstanceMethod("wait", &VideoTap::wait),
       InstanceMethod("stats", &VideoTap::stats), InstanceMethod("setPolicy", &VideoTap::set_policy),
       InstanceMethod("setWanted", &VideoTap::set_wanted), InstanceMethod("watchArrival", &VideoTap::watch_arrival),
       InstanceMethod("carryCaptions", &VideoTap::carry_captions), InstanceMethod("close", &VideoTap::close)});
}

/**
 * new VideoTap(appsink, timeline, { format, width, height, fpsN, fpsD, capacity, policy }, changes, account). Without
 * an account the tap makes one, which has no limit.
 */
VideoTap::VideoTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VideoTap>(info) {
  state_ = std::make_shared<VideoTapState>();
  ObjectRef<GstAppSink> sink = element_argument<GstAppSink>(info[0]);
  state_->timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_->queue.account = info[4].IsObject() ? FrameAccountHandle::Unwrap(info[4].As<Napi::Object>())->account()
                                             : std::make_shared<FrameAccount>(SIZE_MAX);
  auto options = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return options.Get(name).ToNumber().Int32Value(); };
  state_->format = pixel_formats.maybe(options.Get("format"));
  state_->width = number("width");
  state_->height = number("height");
  state_->fps_n = number("fpsN");
  state_->fps_d = number("fpsD");
  state_->queue.capacity = static_cast<size_t>(number("capacity"));
  state_->queue.set_policy(drop_policies.of(options.Get("policy")));
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

/** read(max, fields): see read_pictures(). */
Napi::Value VideoTap::read(const Napi::CallbackInfo& info) {
  return read_pictures(info, state_->queue, [this](const Picture& picture) {
    for (const auto& listener : state_->listeners) listener->delivered(picture.pts, picture.arrival_us);
  });
}

/** wait(ms): blocks the JS thread until a picture is there, the stream has ended or the time is over. */
Napi::Value VideoTap::wait(const Napi::CallbackInfo& info) {
  const auto timeout_us = static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
  return Napi::Boolean::New(info.Env(), state_->queue.wait_for_picture(timeout_us));
}

Napi::Value VideoTap::stats(const Napi::CallbackInfo& info) {
  const PictureQueue::Stats queue = state_->queue.stats();
  const VideoTapState::Seen seen = state_->seen();
  auto result = Napi::Object::New(info.Env());
  result["decoded"] = static_cast<double>(seen.decoded);
  result["queued"] = static_cast<double>(queue.queued);
  result["queuedBytes"] = static_cast<double>(queue.queued_bytes);
  result["droppedQueue"] = static_cast<double>(queue.dropped_queue);
  result["droppedHeld"] = static_cast<double>(queue.dropped_held);
  result["droppedUnwanted"] = static_cast<double>(queue.dropped_unwanted);
  result["queuedTime"] = static_cast<double>(queue.queued_time_us);
  // Pictures that were not decoded, and pictures that were decoded only as references.
  result["incomplete"] = static_cast<double>(seen.incomplete + state_->gate->missed());
  // µs; 0: no picture waits for a keyframe.
  const int64_t since = state_->gate->waits_since_us();
  result["keyframeWait"] = static_cast<double>(since > 0 ? now_us() - since : 0);
  result["droppedBad"] = static_cast<double>(seen.dropped_bad);
  result["waiting"] = Napi::Boolean::New(info.Env(), queue.waiting);
  result["ended"] = Napi::Boolean::New(info.Env(), queue.ended);
  result["width"] = seen.width;
  result["height"] = seen.height;
  result["pixelN"] = static_cast<double>(seen.pixel.n);
  result["pixelD"] = static_cast<double>(seen.pixel.d);
  result["wrong"] = text_or_null(info.Env(), seen.wrong_caps);
  return result;
}

/** setPolicy(policy): takes effect at once, also while the streaming thread waits in 'block'. */
Napi::Value VideoTap::set_policy(const Napi::CallbackInfo& info) {
  state_->queue.set_policy(drop_policies.of(info[0]));
  return info.Env().Undefined();
}

/** setWanted(whether a consumer takes pictures) */
Napi::Value VideoTap::set_wanted(const Napi::CallbackInfo& info) {
  state_->queue.set_wanted(info[0].ToBoolean().Value());
  return info.Env().Undefined();
}

/** watchArrival(element, limits, lenient): reads arrival times at this element's sink pad, behind the probe of
 * `limits`. */
Napi::Value VideoTap::watch_arrival(const Napi::CallbackInfo& info) {
  auto limits = InputLimits::Unwrap(info[1].As<Napi::Object>())->state();
  state_->wants_intact = !info[2].ToBoolean().Value();
  arrival_probe_ = state_->gate->watch(element_argument(info[0]).get(), std::move(limits), info[2].ToBoolean().Value());
  return info.Env().Undefined();
}

/** carryCaptions(captionTap): frames have the captions of their pictures. Before data flows. */
Napi::Value VideoTap::carry_captions(const Napi::CallbackInfo& info) {
  state_->carried = CaptionTap::Unwrap(info[0].As<Napi::Object>())->state()->carry();
  return info.Env().Undefined();
}

Napi::Value VideoTap::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
