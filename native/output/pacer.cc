#include "output/pacer.h"

#include "gst/element.h"
#include "gst/running_time.h"
#include "h264/sei.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace rxgst {
namespace {

constexpr int64_t us_per_s = 1'000'000;
// Pictures may leave this much before they are due: the jitter of a live source passes without a wait.
constexpr int64_t lead_us = 100'000;
// A picture is missing when it is this late …
constexpr int64_t grace_us = 120'000;
// … or when none has left for so long, whose source may have been ahead of its time: a viewer is promised one within
// 200 ms, of which encoder and network take their part.
constexpr int64_t longest_wait_us = 160'000;
// Samples in a block of AAC.
constexpr int64_t aac_block = 1024;
// Sound is laid this far ahead of the picture while nobody writes any: the packet that a picture waits for, in order of
// time, comes two blocks after its own first sample, the encoder keeps one, and one is for where blocks begin. With
// three a picture is 38 ms old when a capture has it, with four 5 ms (720p30 over loopback).
constexpr int64_t silence_ahead = 4 * aac_block;
// While sound is being written it may come this much later than its picture before silence takes its place.
constexpr int64_t sound_grace_us = 300'000;
// Sound may run this far ahead of the picture before its writer waits.
constexpr int64_t sound_lead_us = 1'000'000;
// A picture behind a gap that would have to wait longer than this comes from another clock.
constexpr int64_t ahead_us = 300'000;
// Sound of a source may stand this much beside its picture; the slot's rounding comes to it, and people see 40 ms.
constexpr int64_t beside_us = 10'000;
// Sound that waits for its pictures, at most: what one of them may bring.
constexpr int64_t most_waiting_us = 12'000'000;
// Timestamps that jump further than this are another source, not a gap.
constexpr int64_t media_jump_us = 2'000'000;

}  // namespace

ProgramState::ProgramState(const ProgramOptions& options)
    : options(options), converter_(options.matrix), sound_converter_(options.rate, options.channels) {
  gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_I420, options.width, options.height);
  GstCaps* caps = gst_video_info_to_caps(&info_);
  pool_ = gst_video_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool_);
  // Not bounded here: the queues before and the encoder behind are.
  gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(info_.size), 0, 0);
  gst_buffer_pool_set_config(pool_, config);
  gst_caps_unref(caps);
  gst_buffer_pool_set_active(pool_, TRUE);
}

ProgramState::~ProgramState() {
  gst_buffer_pool_set_active(pool_, FALSE);
  gst_object_unref(pool_);
}

BufferRef ProgramState::convert(const uint8_t* pixels, PixelFormat format) {
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) != GST_FLOW_OK) return nullptr;
  BufferRef result(buffer);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_WRITE)) return nullptr;
  converter_.convert(pixels, format, frame);
  gst_video_frame_unmap(&frame);
  return result;
}

void ProgramState::set_slate(const uint8_t* pixels, PixelFormat format) {
  if (pixels) {
    slate_ = convert(pixels, format);
    return;
  }
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) != GST_FLOW_OK) return;
  slate_.reset(buffer);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_WRITE)) return;
  // Black of limited range.
  for (int plane = 0; plane < 3; ++plane) {
    for (int row = 0; row < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane); ++row) {
      std::memset(static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane)) +
                      static_cast<ptrdiff_t>(row) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane),
                  plane == 0 ? 16 : 128, GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane));
    }
  }
  gst_video_frame_unmap(&frame);
}

int64_t ProgramState::slot_time_ns(int64_t slot) const {
  return static_cast<int64_t>(
      gst_util_uint64_scale(static_cast<guint64>(slot), GST_SECOND * options.fps_d, options.fps_n));
}

int64_t ProgramState::missing_at() const {
  const int64_t frame = (slot_time_ns(next_slot_ + 1) - slot_time_ns(next_slot_)) / 1000;
  return std::min(due_us(next_slot_) + grace_us, left_at_ + std::max(longest_wait_us, frame + grace_us));
}

int64_t ProgramState::due_us(int64_t slot) const { return wall_zero_ + slot_time_ns(slot) / 1000; }

/** The slot of a written picture; never before next_slot_ − 1, and that one only to say that its slot is taken. */
int64_t ProgramState::slot_for(Ready& item) {
  if (item.timing == Timing::next) return next_slot_;
  const int64_t next_time = slot_time_ns(next_slot_) / 1000;
  const auto anchor = [&] {
    item.moved = anchored_;
    anchored_ = true;
    offset_us_ = next_time - item.timestamp;
    return next_slot_;
  };
  if (!anchored_) return anchor();
  const int64_t time = item.timestamp + offset_us_;
  if (item.timing == Timing::media && item.timestamp < last_media_) return anchor();
  if (time - next_time > media_jump_us) return anchor();
  // The nearest slot, but a picture half way between two takes the earlier, with a tenth to spare for whole
  // milliseconds. (Of the two pictures that a source of twice the rate has for each slot, the one on time must come
  // first.)
  const int64_t slot = time < 0 ? -1
                                : (static_cast<int64_t>(gst_util_uint64_scale(
                                       static_cast<guint64>(time), 10 * static_cast<guint64>(options.fps_n),
                                       static_cast<guint64>(us_per_s) * options.fps_d)) +
                                   4) /
                                      10;
  // A gap that time has not passed for is another source, whose timestamps are ahead: waiting would delay it for good.
  if (slot > next_slot_ && paced() && due_us(slot) - lead_us > now_us() + ahead_us) return anchor();
  if (slot >= next_slot_) return slot;
  // The clock filled its slot, or the source starts anew: from here on it counts from now.
  if (last_was_fill_ || slot < next_slot_ - 1) return anchor();
  return next_slot_ - 1;
}

void ProgramState::emit_picture(GstBuffer* picture, int64_t slot, int64_t at) {
  if (accepted->users > 0) accepted->times.note(slot_time_ns(slot), at);
  // A shallow copy: the pixels are shared, the timestamps are its own.
  GstBuffer* copy = gst_buffer_copy(picture);
  GST_BUFFER_PTS(copy) = static_cast<GstClockTime>(slot_time_ns(slot));
  GST_BUFFER_DTS(copy) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(copy) = static_cast<GstClockTime>(slot_time_ns(slot + 1) - slot_time_ns(slot));
  GST_BUFFER_OFFSET(copy) = static_cast<guint64>(slot);
  next_slot_ = slot + 1;
  // Blocks while the encoder is behind: that is what fills the queue before it, which JS sees.
  check(gst_app_src_push_buffer(video.get(), copy));
  left_at_ = now_us();
}

/** An encoder that takes nothing more, also where its pipeline is being stopped. */
void ProgramState::check(GstFlowReturn flow) {
  if (flow == GST_FLOW_OK) return;
  std::lock_guard lock(mutex);
  if (broken) return;
  broken = true;
  bell->ring();
}

void ProgramState::push_sound(const float* samples, int64_t count) {
  if (count <= 0) return;
  const size_t bytes = static_cast<size_t>(count) * options.channels * sizeof(float);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  if (samples) {
    gst_buffer_fill(buffer, 0, samples, bytes);
  } else {
    gst_buffer_memset(buffer, 0, 0, bytes);
  }
  const auto time = [&](int64_t position) {
    return gst_util_uint64_scale_round(static_cast<guint64>(position), GST_SECOND, static_cast<guint64>(options.rate));
  };
  GST_BUFFER_PTS(buffer) = time(sound_position_);
  GST_BUFFER_DURATION(buffer) = time(sound_position_ + count) - time(sound_position_);
  sound_position_ += count;
  if (samples) silent_ahead_ = 0;
  check(gst_app_src_push_buffer(audio.get(), buffer));
}

void ProgramState::push_silence(int64_t count) {
  if (count <= 0) return;
  push_sound(nullptr, count);
  silent_ahead_ += count;
  std::lock_guard lock(mutex);
  silence += static_cast<uint64_t>(count);
}

int64_t ProgramState::sample_at(int64_t slot) const {
  const auto time = static_cast<guint64>(slot_time_ns(slot));
  return static_cast<int64_t>(gst_util_uint64_scale_round(time, static_cast<guint64>(options.rate), GST_SECOND));
}

/** Sound that waits for its pictures leaves up to position `end`. */
void ProgramState::push_waiting(int64_t end) {
  const int64_t count = std::min(waiting_sound(), end - sound_position_);
  if (count <= 0) return;
  push_sound(waiting_.data(), count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count * options.channels));
}

/**
 * Sound that comes with a picture is laid down at the picture's place if there was silence before, and otherwise behind
 * the sound before it. Silence that we had laid ahead cannot be taken back; the same length of the new sound's start is
 * cut then, so that picture and sound stay together. A source that counts from another moment now, as after a pause of
 * the program in which its pictures were lost, or that stands too far beside its pictures, begins anew: what waits past
 * here is of pictures that never come.
 */
void ProgramState::place_sound(int64_t here, Ready& item) {
  auto count = static_cast<int64_t>(item.samples.size()) / options.channels;
  const bool source = item.timing == Timing::media;
  // Its picture's own time, which the slot rounds.
  if (source) here = samples_in(item.timestamp + offset_us_);
  const int64_t beside = samples_in(source ? beside_us : grace_us);
  const int64_t end = sound_position_ + waiting_sound();
  int64_t skip = 0;
  if (end < here - beside || ((!sound_flows_ || item.moved) && end < here)) {
    push_waiting(end);
    push_silence(here - sound_position_);
  } else if (end > here && (item.moved || (source && end > here + beside))) {
    const int64_t stale = std::min(waiting_sound(), end - here);
    waiting_.resize(waiting_.size() - static_cast<size_t>(stale * options.channels));
    skip = std::clamp<int64_t>(sound_position_ - here, 0, count);
    std::lock_guard lock(mutex);
    trimmed += static_cast<uint64_t>(stale + skip);
  } else if (sound_position_ > here && silent_ahead_ > 0 && waiting_.empty()) {
    skip = std::min({silent_ahead_, sound_position_ - here, count});
    silent_ahead_ -= skip;
    std::lock_guard lock(mutex);
    trimmed += static_cast<uint64_t>(skip);
  }
  sound_flows_ = true;
  const int64_t room = samples_in(most_waiting_us) - waiting_sound();
  if (count - skip > room) {
    std::lock_guard lock(mutex);
    trimmed += static_cast<uint64_t>(count - skip - room);
    count = skip + std::max<int64_t>(room, 0);
  }
  waiting_.insert(waiting_.end(), item.samples.begin() + static_cast<ptrdiff_t>(skip * options.channels),
                  item.samples.begin() + static_cast<ptrdiff_t>(count * options.channels));
}

/** The sound of `slot`: what `item` brings, what waits, or silence. */
void ProgramState::sound_for(int64_t slot, Ready* item) {
  const int64_t here = sample_at(slot);
  if (item && !item->samples.empty()) place_sound(here, *item);
  // Sound is not laid further ahead than its pictures' slots, so that it can still be taken back. Sound without
  // pictures of its own is: its writer waits where it is too early.
  const bool alone = item && !item->picture;
  push_waiting(paced() && !alone ? sample_at(slot + 1) + silence_ahead : INT64_MAX);
  if (!waiting_.empty() || (item && !item->samples.empty())) return;
  if (sound_flows_ && sound_position_ < here - samples_in(sound_grace_us)) sound_flows_ = false;
  if (!sound_flows_) push_silence(here + silence_ahead - sound_position_);
}

void ProgramState::emit(Ready item, int64_t slot) {
  const int64_t now = now_us();
  if (!started_) {
    started_ = true;
    wall_zero_ = now;
  }
  if (!item.picture) {
    // Sound alone: it belongs to the picture that comes next.
    sound_for(next_slot_, &item);
    return;
  }
  last_write_ = now;
  {
    std::lock_guard lock(mutex);
    filling_since = 0;
  }
  if (item.timing != Timing::next) last_media_ = item.timestamp;
  if (slot < next_slot_) {
    // Its slot is taken: the source is faster than the output. The newer picture is the one to repeat from now on.
    last_ = BufferRef(gst_buffer_ref(item.picture.get()));
    sound_for(next_slot_, &item);
    std::lock_guard lock(mutex);
    ++late;
    return;
  }
  if (paced() && last_) {
    while (next_slot_ < slot) {
      emit_picture(last_.get(), next_slot_, now);
      std::lock_guard lock(mutex);
      ++repeated;
      if (closed || broken) return;
    }
  }
  sound_for(slot, &item);
  last_ = std::move(item.picture);
  last_was_fill_ = false;
  emit_picture(last_.get(), slot, item.accepted);
}

void ProgramState::emit_fill() {
  const int64_t now = now_us();
  if (!started_) {
    started_ = true;
    wall_zero_ = now;
  }
  const bool slate = !last_ || (options.fill == Fill::slate && now - last_write_ >= options.slate_after_us);
  GstBuffer* picture = slate ? slate_.get() : last_.get();
  if (!picture) return;
  {
    std::lock_guard lock(mutex);
    ++repeated;
    if (filling_since == 0) filling_since = now;
  }
  // Nobody writes, so no sound is on its way either.
  sound_flows_ = false;
  sound_for(next_slot_, nullptr);
  last_was_fill_ = true;
  emit_picture(picture, next_slot_, now);
}

void ProgramState::run() {
  std::unique_lock lock(mutex);
  while (!closed) {
    if (next_video) {
      // What the old ones held is lost. The last reference on an element never ends here: disposing joins threads.
      run_detached([old_video = std::shared_ptr<GstAppSrc>(video.release(), ObjectUnref()),
                    old_audio = std::shared_ptr<GstAppSrc>(audio.release(), ObjectUnref())] {});
      video = std::move(next_video);
      audio = std::move(next_audio);
      broken = false;
    }
    if (!incoming.empty()) {
      Write write = std::move(incoming.front());
      incoming.pop_front();
      lock.unlock();
      Ready item;
      item.timing = write.timing;
      item.timestamp = write.timestamp;
      item.accepted = write.accepted;
      const auto given = static_cast<int64_t>(write.samples.size()) / std::max(write.channels, 1);
      item.samples = std::move(write.samples);
      if (!item.samples.empty()) sound_converter_.convert(item.samples, write.rate, write.channels, write.mask);
      const bool picture = write.pixels.data != nullptr;
      if (picture) item.picture = convert(write.pixels.data.get(), write.format);
      write.pixels = {};
      lock.lock();
      if (picture) {
        --incoming_pictures;
        ++ready_pictures;
        ++written;
      }
      queued_samples += static_cast<int64_t>(item.samples.size()) / options.channels - given;
      ready_.push_back(std::move(item));
      // Its memory is read: the caller may draw the next picture into it.
      completions->done(write.ticket, true);
      bell->ring();
      continue;
    }
    if (broken) {
      if (finishing) break;
      changed.wait(lock);
      continue;
    }
    const int64_t now = now_us();
    int64_t wake = now + us_per_s;
    if (!ready_.empty()) {
      Ready& front = ready_.front();
      int64_t slot = next_slot_;
      int64_t due = now;
      if (front.picture) {
        slot = slot_for(front);
        if (started_) due = due_us(slot) - lead_us;
      } else if (started_) {
        const int64_t end = sound_time_us(sound_position_ + waiting_sound());
        due = end - slot_time_ns(next_slot_) / 1000 > sound_lead_us ? wall_zero_ + end - sound_lead_us : now;
      }
      if (!paced() || finishing || due <= now) {
        Ready item = std::move(front);
        ready_.pop_front();
        const bool picture = item.picture != nullptr;
        const auto samples = static_cast<int64_t>(item.samples.size()) / options.channels;
        lock.unlock();
        emit(std::move(item), slot);
        lock.lock();
        if (picture) --ready_pictures;
        queued_samples -= samples;
        bell->ring();
        continue;
      }
      // Early: the source's clock is faster than ours, or it has a backlog. The clock gives way by half a percent, so
      // that neither a drifting source nor one whose first picture was late waits for ever.
      wall_zero_ -= std::min<int64_t>((due - now) / 8, (due - now > 1000) ? 50 : 0);
      wake = std::min(wake, due);
    } else if (finishing) {
      finished = true;
      lock.unlock();
      push_waiting(INT64_MAX);
      // The sound reaches the end of the last picture, and one block of AAC further, which brings that end out.
      if (next_slot_ > 0) {
        const auto end = gst_util_uint64_scale_round(static_cast<guint64>(slot_time_ns(next_slot_)),
                                                     static_cast<guint64>(options.rate), GST_SECOND);
        push_silence(static_cast<int64_t>(end) + aac_block - sound_position_);
      }
      gst_app_src_end_of_stream(video.get());
      gst_app_src_end_of_stream(audio.get());
      lock.lock();
      bell->ring();
      break;
    }
    if (paced() && !finishing) {
      const int64_t fill_at = started_ ? missing_at() : first_fill_at;
      if (fill_at <= now) {
        // Only when nothing written is about to leave.
        lock.unlock();
        emit_fill();
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
  bell->ring();
}

void ProgramState::close() {
  {
    std::lock_guard lock(mutex);
    closed = true;
  }
  changed.notify_all();
}

Napi::Function Program::define(Napi::Env env) {
  return DefineClass(env, "Program",
                     {InstanceMethod("start", &Program::start), InstanceMethod("attach", &Program::attach),
                      InstanceMethod("detach", &Program::detach), InstanceMethod("stamp", &Program::stamp),
                      InstanceMethod("write", &Program::write), InstanceMethod("reject", &Program::reject),
                      InstanceMethod("failure", &Program::failure), InstanceMethod("finish", &Program::finish),
                      InstanceMethod("fillAfter", &Program::fill_after), InstanceMethod("stats", &Program::stats),
                      InstanceMethod("close", &Program::close)});
}

/** new Program(videoAppsrc, audioAppsrc, options, onChange) */
Program::Program(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Program>(info) {
  auto given = info[2].As<Napi::Object>();
  const auto number = [&](const char* name) { return given.Get(name).ToNumber().DoubleValue(); };
  ProgramOptions options;
  options.width = static_cast<int>(number("width"));
  options.height = static_cast<int>(number("height"));
  options.fps_n = static_cast<int>(number("fpsN"));
  options.fps_d = static_cast<int>(number("fpsD"));
  options.rate = static_cast<int>(number("rate"));
  options.channels = static_cast<int>(number("channels"));
  options.capacity = static_cast<size_t>(number("capacity"));
  options.fill = fills.of(given.Get("fill"));
  options.slate_after_us = static_cast<int64_t>(number("slateAfter") * 1000);
  options.matrix = given.Get("bt709").ToBoolean().Value() ? GST_VIDEO_COLOR_MATRIX_BT709 : GST_VIDEO_COLOR_MATRIX_BT601;
  state_ = std::make_shared<ProgramState>(options);
  state_->video = element_argument<GstAppSrc>(info[0]);
  state_->audio = element_argument<GstAppSrc>(info[1]);
  const Napi::Value slate = given.Get("slate");
  state_->set_slate(slate.IsTypedArray() ? slate.As<Napi::Uint8Array>().Data() : nullptr,
                    pixel_formats.of(given.Get("slateFormat")));
  state_->completions = std::make_shared<Completions<bool>>(
      [](Napi::Env env, const bool& taken) -> Napi::Value { return Napi::Boolean::New(env, taken); });
  state_->bell = Bell::create(info.Env(), info[3].As<Napi::Function>(), "rxgst program",
                              [completions = state_->completions](Napi::Env env) { completions->settle(env); });
}

Program::~Program() { close_now(); }

/** start(): from now on the clock runs. */
Napi::Value Program::start(const Napi::CallbackInfo& info) {
  if (!thread_.joinable()) thread_ = std::thread([state = state_] { state->run(); });
  return info.Env().Undefined();
}

namespace {

/** Encoder's thread: the access unit's wall clock goes before its first slice. */
GstPadProbeReturn stamp_packet(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  const auto& accepted = **static_cast<std::shared_ptr<AcceptedTimes>*>(data);
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const std::optional<int64_t> time = running_time(pad, GST_BUFFER_PTS(packet));
  const std::optional<int64_t> at = time ? accepted.times.of(*time) : std::nullopt;
  if (!at) return GST_PAD_PROBE_OK;
  if (BufferRef marked = stamped(packet, g_get_real_time() - (now_us() - *at))) {
    gst_buffer_unref(packet);
    GST_PAD_PROBE_INFO_DATA(info) = marked.release();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace

/** stamp(element): the packets that enter its sink pad get the wall clock of their pictures, from now on. */
Napi::Value Program::stamp(const Napi::CallbackInfo& info) {
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element_argument(info[0]).get(), "sink"));
  if (!state_ || !pad) return info.Env().Undefined();
  if (!stamps_) ++state_->accepted->users;
  stamps_ = true;
  const gulong id = gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, stamp_packet,
                                      new std::shared_ptr<AcceptedTimes>(state_->accepted),
                                      [](gpointer data) { delete static_cast<std::shared_ptr<AcceptedTimes>*>(data); });
  stamp_probe_ = PadProbe(std::move(pad), id);
  return info.Env().Undefined();
}

/**
 * detach(): nothing more goes to the encoders, until others are attached. A push that waits for one that hangs returns:
 * its queue has no end now, and gets nothing more.
 */
Napi::Value Program::detach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  std::lock_guard lock(state_->mutex);
  state_->broken = true;
  // Attached and not yet taken: they failed first. Their pipeline holds them until it is closed.
  state_->next_video.reset();
  state_->next_audio.reset();
  for (GstAppSrc* source : {state_->video.get(), state_->audio.get()}) {
    gst_app_src_set_max_buffers(source, 0);
    gst_app_src_set_max_bytes(source, 0);
  }
  return info.Env().Undefined();
}

/** attach(videoAppsrc, audioAppsrc): other encoders go on where the ones before have stopped. */
Napi::Value Program::attach(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  {
    std::lock_guard lock(state_->mutex);
    state_->next_video = element_argument<GstAppSrc>(info[0]);
    state_->next_audio = element_argument<GstAppSrc>(info[1]);
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

void Program::close_now() {
  if (!state_) return;
  state_->close();
  state_->bell->close();
  if (thread_.joinable()) {
    // It may be blocked in a push until its pipeline stops; nobody waits for it. It holds the state itself, whose
    // references on elements must not end on the JS thread either.
    auto thread = std::make_shared<std::thread>(std::move(thread_));
    run_detached([thread] { thread->join(); });
  }
  run_detached([state = std::move(state_)]() mutable { state.reset(); });
}

/**
 * write(pixels: Uint8Array | null, format, timing, timestamp (µs), samples: Float32Array | Int16Array | null,
 *       rate, channels, channelMask):
 * a promise of true, for when the picture has been taken over; or why it is not taken: 'full' is the queue, 'over' the
 * programme, and of 'wrong-size' the array, which is not of the picture's size any more.
 */
Napi::Value Program::write(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto refuse = [&](Refused why) -> Napi::Value { return refusals.to_js(env, why); };
  if (!state_) return refuse(Refused::over);
  const bool picture = info[0].IsTypedArray();
  if (picture) {
    // Nothing is copied for a write that has to wait. Only this thread adds pictures.
    std::lock_guard lock(state_->mutex);
    if (!state_->closed && state_->incoming_pictures + state_->ready_pictures >= state_->options.capacity)
      return refuse(Refused::full);
  }
  Write write;
  write.format = pixel_formats.of(info[1]);
  if (picture) {
    write.pixels = hand_over(env, info[0].As<Napi::TypedArray>());
    // While the write waited for room, the program shrank its memory, or gave it away.
    const ProgramOptions& options = state_->options;
    if (write.pixels.size != picture_bytes(write.format, options.width, options.height))
      return refuse(Refused::wrong_size);
  }
  write.timing = timings.of(info[2]);
  write.timestamp = static_cast<int64_t>(info[3].ToNumber().DoubleValue());
  write.accepted = now_us();
  if (info[4].IsTypedArray()) {
    auto array = info[4].As<Napi::TypedArray>();
    write.samples.resize(array.ElementLength());
    if (array.TypedArrayType() == napi_int16_array) {
      const int16_t* from = info[4].As<Napi::Int16Array>().Data();
      for (size_t i = 0; i < write.samples.size(); ++i) write.samples[i] = static_cast<float>(from[i]) / 32768.0f;
    } else {
      std::memcpy(write.samples.data(), info[4].As<Napi::Float32Array>().Data(), write.samples.size() * sizeof(float));
    }
  }
  write.rate = info[5].ToNumber().Int32Value();
  write.channels = info[6].ToNumber().Int32Value();
  write.mask = static_cast<uint64_t>(info[7].ToNumber().Int64Value());
  const auto samples = static_cast<int64_t>(write.samples.size()) / std::max(write.channels, 1);
  {
    std::lock_guard lock(state_->mutex);
    if (state_->finishing || state_->closed) return refuse(Refused::over);
    // Ten seconds: more than any writer's chunk, and one that is longer alone still goes in.
    if (!picture && state_->queued_samples > 10 * state_->options.rate) return refuse(Refused::full);
  }
  // This thread alone adds writes and ends the programme: what was found still holds.
  const Napi::Value taken = state_->completions->open(env, &write.ticket);
  {
    std::lock_guard lock(state_->mutex);
    if (picture) ++state_->incoming_pictures;
    state_->queued_samples += samples;
    state_->incoming.push_back(std::move(write));
  }
  state_->changed.notify_all();
  return taken;
}

/** reject(reason): writes that have not been taken over come to this. */
Napi::Value Program::reject(const Napi::CallbackInfo& info) {
  if (state_) state_->completions->reject(info.Env(), info[0]);
  return info.Env().Undefined();
}

/** failure(): 'broken' where the encoders take nothing more, 'ended' where the programme is over besides; else null. */
Napi::Value Program::failure(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  if (!state_->broken || state_->next_video) return info.Env().Null();
  return failures.to_js(info.Env(), state_->finished ? Failure::ended : Failure::broken);
}

/** fillAfter(ms): when pictures begin by themselves if none is written until then. */
Napi::Value Program::fill_after(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->first_fill_at = now_us() + static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

/** finish(): what is queued leaves, then end-of-stream. */
Napi::Value Program::finish(const Napi::CallbackInfo& info) {
  if (state_) {
    {
      std::lock_guard lock(state_->mutex);
      state_->finishing = true;
    }
    state_->changed.notify_all();
  }
  return info.Env().Undefined();
}

Napi::Value Program::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  if (!state_) return info.Env().Null();
  std::lock_guard lock(state_->mutex);
  result["written"] = static_cast<double>(state_->written);
  result["repeated"] = static_cast<double>(state_->repeated);
  result["late"] = static_cast<double>(state_->late);
  result["silence"] = static_cast<double>(state_->silence);
  result["trimmed"] = static_cast<double>(state_->trimmed);
  result["queued"] = static_cast<double>(state_->incoming_pictures + state_->ready_pictures);
  result["filling"] = Napi::Boolean::New(info.Env(), state_->filling_since != 0);
  return result;
}

Napi::Value Program::close(const Napi::CallbackInfo& info) {
  if (state_) state_->completions->close(info.Env(), false);
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
