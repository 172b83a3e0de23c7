#include "output/pacer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gst/time_units.h"

namespace rxgst {
namespace {

// A picture may leave this much before it is due: the jitter of a live source then causes no wait.
constexpr int64_t lead_us = 100'000;
// A picture is missing when it is this late …
constexpr int64_t missing_after_us = 120'000;
// … or when none has left for this time, since a source may have been ahead of its time. A viewer is promised one
// picture within 200 ms; encoder and network take the rest.
constexpr int64_t max_wait_us = 160'000;
// Audio may run this far ahead of the pictures before its writer waits.
constexpr int64_t audio_lead_us = 1'000'000;
// A picture after a gap comes from another clock if it would have to wait longer than this.
constexpr int64_t max_ahead_us = 300'000;
// A longer jump of the timestamps is another source, and not a gap.
constexpr int64_t source_jump_us = 2'000'000;

}  // namespace

PacerState::PacerState(const PacerOptions& options)
    : options(options),
      outlets(mutex, options.capacity, options.fill == Fill::none),
      converter_(options.matrix),
      audio_converter_(options.rate, options.channels),
      audio_lane_(
          options.rate, options.channels,
          [this](const float* samples, int64_t position, int64_t count) { push_audio(samples, position, count); }),
      standing_(slot_time_ns(static_cast<int64_t>(options.capacity)) / 1000) {
  gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_I420, options.width, options.height);
  GstCaps* caps = gst_video_info_to_caps(&info_);
  pool_ = gst_video_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool_);
  // The pool has no limit: the queues before it and the encoder behind it have one.
  gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(info_.size), 0, 0);
  gst_buffer_pool_set_config(pool_, config);
  gst_caps_unref(caps);
  gst_buffer_pool_set_active(pool_, TRUE);
  shown_ = std::make_unique<ShownPicture>(info_, options.matrix, pool_);
}

PacerState::~PacerState() {
  shown_.reset();
  gst_buffer_pool_set_active(pool_, FALSE);
  gst_object_unref(pool_);
}

BufferRef PacerState::convert(const uint8_t* pixels, PixelFormat format) {
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) != GST_FLOW_OK) return nullptr;
  BufferRef result(buffer);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_WRITE)) return nullptr;
  converter_.convert(pixels, format, frame);
  gst_video_frame_unmap(&frame);
  return result;
}

void PacerState::set_slate(const uint8_t* pixels, PixelFormat format) {
  if (pixels) {
    slate_ = convert(pixels, format);
    return;
  }
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) != GST_FLOW_OK) return;
  slate_.reset(buffer);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_WRITE)) return;
  // Black in limited range.
  for (int plane = 0; plane < 3; ++plane) {
    for (int row = 0; row < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane); ++row) {
      std::memset(static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane)) +
                      static_cast<ptrdiff_t>(row) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane),
                  plane == 0 ? 16 : 128, GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane));
    }
  }
  gst_video_frame_unmap(&frame);
}

int64_t PacerState::slot_time_ns(int64_t slot) const {
  return static_cast<int64_t>(
      gst_util_uint64_scale(static_cast<guint64>(slot), GST_SECOND * options.fps_d, options.fps_n));
}

int64_t PacerState::missing_at() const {
  const int64_t frame = (slot_time_ns(next_slot_ + 1) - slot_time_ns(next_slot_)) / 1000;
  return std::min(due_us(next_slot_) + missing_after_us, left_at_us_ + std::max(max_wait_us, frame + missing_after_us));
}

int64_t PacerState::due_us(int64_t slot) const { return wall_zero_us_ + slot_time_ns(slot) / 1000; }

/** The slot of a written picture; at least next_slot_ − 1, which means that its slot is taken. */
int64_t PacerState::slot_for(Ready& item) {
  if (item.timing == Timing::next) return next_slot_;
  const int64_t next_time = slot_time_ns(next_slot_) / 1000;
  const auto anchor = [&] {
    item.moved = anchored_;
    anchored_ = true;
    offset_us_ = next_time - item.timestamp_us;
    source_sound_.anchor(item.timestamp_us, offset_us_);
    return next_slot_;
  };
  if (!anchored_) return anchor();
  const int64_t time = item.timestamp_us + offset_us_;
  if (item.timing == Timing::media && item.timestamp_us < last_media_us_) return anchor();
  if (time - next_time > source_jump_us) return anchor();
  // The nearest slot; but a picture half way between two slots takes the earlier one, with a tenth of tolerance for
  // whole milliseconds. (A source of twice the rate has two pictures for each slot: the one on time must come first.)
  const int64_t slot = time < 0 ? -1
                                : (static_cast<int64_t>(gst_util_uint64_scale(
                                       static_cast<guint64>(time), 10 * static_cast<guint64>(options.fps_n),
                                       static_cast<guint64>(us_per_s) * options.fps_d)) +
                                   4) /
                                      10;
  // A gap that real time has not passed is another source with later timestamps: to wait would delay it for ever.
  if (slot > next_slot_ && paced() && due_us(slot) - lead_us > now_us() + max_ahead_us) return anchor();
  if (slot >= next_slot_) return slot;
  // The clock has filled this slot, or the source has begun anew: the source now counts from the present.
  if (last_was_fill_ || slot < next_slot_ - 1) return anchor();
  return next_slot_ - 1;
}

void PacerState::emit_picture(GstBuffer* picture, int64_t slot, int64_t at) {
  if (accepted->users > 0) accepted->times.note(slot_time_ns(slot), at);
  // A shallow copy: it shares the pixels, and has timestamps of its own.
  GstBuffer* copy = gst_buffer_copy(shown_->show(picture).get());
  GST_BUFFER_PTS(copy) = static_cast<GstClockTime>(slot_time_ns(slot));
  GST_BUFFER_DTS(copy) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_OFFSET(copy) = static_cast<guint64>(slot);
  if (auto captions = captions_.next()) noted->note(slot_time_ns(slot), std::move(captions));
  next_slot_ = slot + 1;
  told_slot_.store(next_slot_, std::memory_order_relaxed);
  const auto last_for = [&](GstBuffer* one, int64_t every) {
    GST_BUFFER_DURATION(one) = static_cast<GstClockTime>(slot_time_ns(slot + every) - slot_time_ns(slot));
  };
  // Blocks while the only encoder is behind. Then the queue before it fills, which JS sees.
  if (outlets.push(OutletKind::pictures, slot, copy, last_for)) wakeup->wake();
  left_at_us_ = now_us();
}

int64_t PacerState::keyframe_time_us(int64_t every) const {
  // The request comes to the encoders on other threads.
  const int64_t ahead = options.fps_n / (10 * options.fps_d) + 2;
  const int64_t slot = (told_slot_.load(std::memory_order_relaxed) + ahead + every - 1) / every * every;
  return (slot_time_ns(slot - 1) + slot_time_ns(slot)) / 2000;
}

void PacerState::begin_clock(int64_t now) {
  if (std::exchange(started_, true)) return;
  wall_zero_us_ = now;
}

void PacerState::emit(Ready item, int64_t slot) {
  const int64_t now = now_us();
  begin_clock(now);
  if (!item.picture) {
    // Audio alone belongs to the next picture.
    audio_for(next_slot_, &item);
    return;
  }
  last_write_us_ = now;
  {
    std::lock_guard lock(mutex);
    filling_since_us = 0;
    captions_dropped = captions_.dropped();
  }
  if (item.timing != Timing::next) {
    last_media_us_ = item.timestamp_us;
    source_sound_.note_picture(now);
  }
  if (paced()) {
    standing_.left(now, due_us(slot) - lead_us - item.accepted);
    wall_zero_us_ -= standing_.step(now);
  }
  captions_.add(item.captions);
  if (slot < next_slot_) {
    // Its slot is taken: the source is faster than the output. From now on the newer picture is the one to repeat.
    last_ = BufferRef(gst_buffer_ref(item.picture.get()));
    audio_for(next_slot_, &item);
    std::lock_guard lock(mutex);
    ++late;
    return;
  }
  if (paced() && last_) {
    while (next_slot_ < slot) {
      emit_picture(last_.get(), next_slot_, now);
      std::lock_guard lock(mutex);
      ++repeated;
      if (closed || outlets.stand_still()) return;
    }
  }
  audio_for(slot, &item);
  last_ = std::move(item.picture);
  last_was_fill_ = false;
  emit_picture(last_.get(), slot, item.accepted);
}

void PacerState::replace_slate(std::vector<uint8_t> pixels, PixelFormat format) {
  std::lock_guard lock(mutex);
  next_slate = std::move(pixels);
  next_slate_format = format;
}

void PacerState::take_slate() {
  std::vector<uint8_t> pixels;
  PixelFormat format{};
  {
    std::lock_guard lock(mutex);
    pixels.swap(next_slate);
    format = next_slate_format;
  }
  if (pixels.empty()) return;
  if (BufferRef made = convert(pixels.data(), format)) slate_ = std::move(made);
}

void PacerState::emit_fill(bool waits) {
  take_slate();
  const int64_t now = now_us();
  begin_clock(now);
  const bool slate = !last_ || (options.fill == Fill::slate && now - last_write_us_ >= options.slate_after_us);
  GstBuffer* picture = slate ? slate_.get() : last_.get();
  if (!picture) return;
  {
    std::lock_guard lock(mutex);
    ++repeated;
    if (filling_since_us == 0) filling_since_us = now;
  }
  if (!waits) standing_.missing(now);
  // Nothing is written, so no audio is on its way, unless it comes by itself.
  if (!source_sound_.flows(now)) audio_lane_.expect_none();
  audio_for(next_slot_, nullptr);
  last_was_fill_ = true;
  emit_picture(picture, next_slot_, now);
}

void PacerState::end(std::unique_lock<std::mutex>& lock) {
  finished = true;
  lock.unlock();
  lay_source_sound(true);
  audio_lane_.flush();
  // The audio reaches the end of the last picture.
  if (next_slot_ > 0) audio_lane_.fill_to_end(sample_at(next_slot_));
  outlets.end_all();
  lock.lock();
}

void PacerState::run() {
  std::unique_lock lock(mutex);
  while (!closed) {
    if (!incoming.empty()) {
      Write write = std::move(incoming.front());
      incoming.pop_front();
      lock.unlock();
      Ready item;
      item.timing = write.timing;
      item.timestamp_us = write.timestamp_us;
      item.accepted = write.accepted;
      const auto given = static_cast<int64_t>(write.samples.size()) / std::max(write.channels, 1);
      item.samples = std::move(write.samples);
      if (!item.samples.empty()) audio_converter_.convert(item.samples, write.rate, write.channels, write.mask);
      const bool picture = write.pixels.data != nullptr;
      item.captions = std::move(write.captions);
      if (picture) item.picture = convert(write.pixels.data.get(), write.format);
      write.pixels = {};
      lock.lock();
      if (picture) {
        --incoming_pictures;
        ++ready_pictures;
        ++written;
      }
      const auto count = static_cast<int64_t>(item.samples.size()) / options.channels;
      queued_samples += count - given;
      if (picture || item.timing != Timing::media) {
        ready_.push_back(std::move(item));
      } else {
        queued_samples -= count;
        hold(std::move(item), count);
      }
      // The picture's memory has been read: the caller may draw the next picture into it.
      completions->done(write.ticket, true);
      wakeup->wake();
      continue;
    }
    if (outlets.stand_still()) {
      // Those who are still there get their end.
      if (finishing) {
        end(lock);
        break;
      }
      changed.wait(lock);
      continue;
    }
    if (!held_.empty()) {
      lock.unlock();
      const bool laid = lay_source_sound(false);
      lock.lock();
      if (laid) continue;
    }
    const int64_t now = now_us();
    int64_t wake = now + us_per_s;
    if (!held_.empty()) wake = std::min(wake, source_sound_.wait_until_us());
    if (!ready_.empty()) {
      Ready& front = ready_.front();
      int64_t slot = next_slot_;
      int64_t due = now;
      if (front.picture) {
        slot = slot_for(front);
        if (started_) due = due_us(slot) - lead_us;
      } else if (started_) {
        const int64_t end = audio_lane_.end_us();
        due = end - slot_time_ns(next_slot_) / 1000 > audio_lead_us ? wall_zero_us_ + end - audio_lead_us : now;
      }
      if (!paced() || finishing || due <= now) {
        Ready item = std::move(front);
        ready_.pop_front();
        const bool picture = item.picture != nullptr;
        const auto samples = static_cast<int64_t>(item.samples.size()) / options.channels;
        if (std::exchange(found_full, false)) standing_.full();
        lock.unlock();
        emit(std::move(item), slot);
        lock.lock();
        if (picture) --ready_pictures;
        queued_samples -= samples;
        wakeup->wake();
        continue;
      }
      wake = std::min(wake, due);
    } else if (finishing) {
      end(lock);
      break;
    }
    if (paced() && !finishing) {
      const int64_t fill_at = started_ ? missing_at() : first_fill_at_us;
      if (fill_at <= now) {
        // Only if no written picture is about to leave.
        const bool waits = !ready_.empty() || incoming_pictures > 0;
        lock.unlock();
        emit_fill(waits);
        lock.lock();
        continue;
      }
      wake = std::min(wake, fill_at);
    }
    changed.wait_for(lock, std::chrono::microseconds(std::max<int64_t>(wake - now, 0)));
  }
  for (const Write& write : incoming) completions->done(write.ticket, true);
  incoming.clear();
  ready_.clear();
  finished = true;
  wakeup->wake();
}

void PacerState::close() {
  {
    std::lock_guard lock(mutex);
    closed = true;
  }
  changed.notify_all();
}

}  // namespace rxgst
