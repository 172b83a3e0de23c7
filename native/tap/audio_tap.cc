#include "tap/audio_tap.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gst/caps.h"
#include "gst/element.h"
#include "gst/running_time.h"

namespace rxgst {
namespace {

// The silence of a longer hole would only fill memory.
constexpr int64_t max_fill_s = 5;
// Audio that waits for a reader. Ten seconds outlast any pause of a healthy reader; 48 kHz stereo takes 3.8 MB.
constexpr int64_t capacity_s = 10;
// Audio that waits for the first picture, which is a keyframe: twice the keyframe interval that platforms ask for.
constexpr int64_t hold_for_picture_s = 8;
// Audio that waits for the news whether there is a picture at all; servers send both headers at once.
constexpr int64_t hold_for_answer_s = 1;
/** The numbers that read() writes for each piece of audio. AUDIO_FIELDS in TypeScript is the same table. */
constexpr const char* audio_fields[] = {"position", "rate", "channels", "mask", "discontinuity"};

}  // namespace

/** False: the caps are of no audio. */
bool AudioTapState::read_caps(GstCaps* caps) {
  GstAudioInfo info;
  if (media_of(caps) != "audio/x-raw" || !gst_audio_info_from_caps(&info, caps)) {
    {
      std::lock_guard lock(mutex);
      wrong_caps = caps ? caps_text(caps) : "no caps";
    }
    wakeup->wake(change_wrong);
    return false;
  }
  // A kept packet has the old format.
  settle(std::nullopt);
  caps_ = ref_caps(caps);
  // Sample n lies at n / rate seconds, also after a change of the rate.
  sample_clock_.set_rate(info.rate);
  info_ = info;
  guint64 mask = 0;
  const bool named = !GST_AUDIO_INFO_IS_UNPOSITIONED(&info) &&
                     gst_audio_channel_positions_to_mask(info.position, info.channels, FALSE, &mask);
  mask_ = named ? mask : 0;
  converter_.reset();
  if (GST_AUDIO_INFO_FORMAT(&info_) != GST_AUDIO_FORMAT_F32LE ||
      GST_AUDIO_INFO_LAYOUT(&info_) != GST_AUDIO_LAYOUT_INTERLEAVED) {
    GstAudioInfo to;
    gst_audio_info_set_format(&to, GST_AUDIO_FORMAT_F32LE, info_.rate, info_.channels, info_.position);
    converter_.reset(gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &info_, &to, nullptr));
  }
  std::lock_guard lock(mutex);
  rate = info_.rate;
  channels = info_.channels;
  wakeup->note(change_info);
  return true;
}

std::vector<float> AudioTapState::read_samples(GstBuffer* buffer) {
  std::vector<float> samples;
  if (!converter_) {
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return samples;
    samples.resize(map.size / sizeof(float));
    std::memcpy(samples.data(), map.data, samples.size() * sizeof(float));
    gst_buffer_unmap(buffer, &map);
    return samples;
  }
  GstAudioBuffer planes;
  if (!gst_audio_buffer_map(&planes, &info_, buffer, GST_MAP_READ)) return samples;
  samples.resize(planes.n_samples * static_cast<size_t>(info_.channels));
  gpointer out[] = {samples.data()};
  gst_audio_converter_samples(converter_.get(), GST_AUDIO_CONVERTER_FLAG_NONE, planes.planes, planes.n_samples, out,
                              planes.n_samples);
  gst_audio_buffer_unmap(&planes);
  return samples;
}

void AudioTapState::on_sample(GstSample* sample) {
  // A connection that is over must not move the capture's clock.
  if (is_closed()) return;
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (!buffer) return;
  GstCaps* caps = gst_sample_get_caps(sample);
  if ((!caps || caps != caps_.get()) && !read_caps(caps)) return;
  std::vector<float> samples = read_samples(buffer);
  const size_t count = samples.size();

  int64_t running = INT64_MIN;  // follows the last packet
  if (GST_BUFFER_PTS_IS_VALID(buffer))
    running = running_time(*gst_sample_get_segment(sample), GST_BUFFER_PTS(buffer)).value_or(0);
  {
    std::lock_guard lock(mutex);
    received += count / info_.channels;
  }
  if (!sample_clock_.started()) {
    held_samples_ += static_cast<int64_t>(count) / info_.channels;
    held_.push_back({running == INT64_MIN ? 0 : running, now_us(), std::move(samples)});
    release_held(false);
    return;
  }
  place(running, std::move(samples));
}

/** Sets the zero of the timeline, or waits until the picture sets it. */
void AudioTapState::release_held(bool end) {
  if (held_.empty()) return;
  if (!timeline->zero()) {
    const int64_t limit = timeline->picture_expected() ? hold_for_picture_s : hold_for_answer_s;
    if (!end && !timeline->pictures_left_out() && held_samples_ < limit * info_.rate) return;
    timeline->establish(held_.front().running_time, held_.front().arrival_us);
  }
  std::deque<Held> held;
  held.swap(held_);
  held_samples_ = 0;
  for (Held& item : held) place(item.running_time, std::move(item.samples));
}

void AudioTapState::place(int64_t running_time, std::vector<float> samples) {
  const auto count = static_cast<int64_t>(samples.size()) / info_.channels;
  if (count == 0) return;
  const auto zero = *timeline->zero();
  std::optional<int64_t> time;
  if (running_time != INT64_MIN)
    time = sample_at(zero.capture * 1000 + running_time - zero.running);
  else if (!sample_clock_.started())
    time = sample_at(zero.capture * 1000);
  settle(time);
  if (!handed_out_ && time) sample_clock_.begin_at(*time);
  const auto laid = sample_clock_.place(time, count);
  if (laid)
    lay(*laid, std::move(samples));
  else
    kept_ = std::move(samples);
}

/** Places the kept packet, after the next one has come. */
void AudioTapState::settle(std::optional<int64_t> next) {
  if (kept_.empty()) return;
  const auto laid = sample_clock_.settle(next);
  lay(laid, std::exchange(kept_, {}));
}

/** The nearest sample. Negative before the first picture, so the division rounds down and not towards zero. */
int64_t AudioTapState::sample_at(int64_t ns) const {
  const __int128 scaled = static_cast<__int128>(ns) * info_.rate + GST_SECOND / 2;
  const auto second = static_cast<__int128>(GST_SECOND);
  return static_cast<int64_t>(scaled >= 0 ? scaled / second : -((-scaled + second - 1) / second));
}

void AudioTapState::lay(SampleClock::Laid laid, std::vector<float> samples) {
  const int width = info_.channels;
  const auto drop = [&](int64_t count) { samples.erase(samples.begin(), samples.begin() + count * width); };
  bool discontinuity = laid.hole > 0 || laid.cut > 0;
  if (laid.cut > 0) {
    drop(laid.cut);
    std::lock_guard lock(mutex);
    cut += laid.cut;
  }
  if (samples.empty()) return;
  int64_t at = laid.at;
  auto count = static_cast<int64_t>(samples.size()) / width;
  if (!handed_out_) {
    const int64_t begin = sample_at(timeline->zero()->capture * 1000);
    if (at + count <= begin) return;  // all of it is before the first picture
    if (at < begin) {
      drop(begin - at);
      count -= begin - at;
      at = begin;
    }
    handed_out_ = true;
    discontinuity = true;
  } else if (laid.hole > 0 && laid.hole <= max_fill_s * info_.rate) {
    std::vector<float> silence(static_cast<size_t>(laid.hole * width), 0.0f);
    deliver({std::move(silence), at - laid.hole, info_.rate, width, mask_, true});
  }
  if (const uint32_t jumps = timeline->jumps(); jumps != jumps_) {
    jumps_ = jumps;
    discontinuity = true;
  }
  const auto end = static_cast<guint64>(at + count);
  timeline->clock().reach(static_cast<int64_t>(gst_util_uint64_scale_ceil(end, 1'000'000, info_.rate)));
  deliver({std::move(samples), at, info_.rate, width, mask_, discontinuity});
}

void AudioTapState::deliver(Audio audio) {
  const auto count = static_cast<int64_t>(audio.samples.size()) / audio.channels;
  {
    std::unique_lock lock(mutex);
    const int64_t capacity = capacity_s * rate;
    waiting = true;
    changed.wait(lock, [&] { return !block || closed || queued < capacity; });
    waiting = false;
    if (closed) return;
    queue.push_back(std::move(audio));
    queued += count;
    while (!block && queued > capacity && queue.size() > 1) {
      const auto gone = static_cast<int64_t>(queue.front().samples.size()) / queue.front().channels;
      queue.pop_front();
      queued -= gone;
      dropped += gone;
      queue.front().discontinuity = true;
    }
  }
  changed.notify_all();
  wakeup->wake(change_audio);
}

void AudioTapState::on_end() {
  release_held(true);
  settle(std::nullopt);
  {
    std::lock_guard lock(mutex);
    ended = true;
  }
  changed.notify_all();
  wakeup->wake(change_ended);
}

void AudioTapState::close() {
  {
    std::lock_guard lock(mutex);
    closed = true;
    queue.clear();
    queued = 0;
  }
  changed.notify_all();
}

Napi::Function AudioTap::define(Napi::Env env) {
  return DefineClass(env, "AudioTap",
                     {InstanceMethod("read", &AudioTap::read), InstanceMethod("wait", &AudioTap::wait),
                      InstanceMethod("stats", &AudioTap::stats), InstanceMethod("setBlock", &AudioTap::set_block),
                      InstanceMethod("close", &AudioTap::close)});
}

/** new AudioTap(appsink, timeline, changes) */
AudioTap::AudioTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<AudioTap>(info) {
  ObjectRef<GstAppSink> sink = element_argument<GstAppSink>(info[0]);
  state_ = std::make_shared<AudioTapState>();
  state_->timeline = Timeline::Unwrap(info[1].As<Napi::Object>())->state();
  state_->wakeup = Changes::wakeup_of(info[2]);
  place_.take(std::move(sink), state_);
}

AudioTap::~AudioTap() { close_now(); }

void AudioTap::close_now() {
  if (!place_.leave()) return;
  state_->close();
}

Napi::Array audio_fields_table(Napi::Env env) {
  auto table = Napi::Array::New(env, std::size(audio_fields));
  for (uint32_t i = 0; i < std::size(audio_fields); ++i) table[i] = audio_fields[i];
  return table;
}

/**
 * read(fields): the samples of the oldest pieces of audio, at most as many as `fields`, a Float64Array, has room for.
 * The first number of `fields` becomes how many pieces still wait; after it come the audio_fields of each piece.
 */
Napi::Value AudioTap::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto fields = info[0].As<Napi::Float64Array>();
  const size_t max = (fields.ElementLength() - 1) / std::size(audio_fields);
  std::deque<Audio> taken;
  size_t left = 0;
  {
    std::lock_guard lock(state_->mutex);
    while (taken.size() < max && !state_->queue.empty()) {
      const Audio& first = state_->queue.front();
      state_->queued -= static_cast<int64_t>(first.samples.size()) / first.channels;
      taken.push_back(std::move(state_->queue.front()));
      state_->queue.pop_front();
    }
    left = state_->queue.size();
  }
  state_->changed.notify_all();
  auto result = Napi::Array::New(env, taken.size());
  double* field = fields.Data();
  *field++ = static_cast<double>(left);
  uint32_t index = 0;
  for (const Audio& audio : taken) {
    auto samples = Napi::Float32Array::New(env, audio.samples.size());
    std::memcpy(samples.Data(), audio.samples.data(), audio.samples.size() * sizeof(float));
    result[index++] = samples;
    for (const double value :
         {static_cast<double>(audio.position), static_cast<double>(audio.rate), static_cast<double>(audio.channels),
          static_cast<double>(audio.mask), audio.discontinuity ? 1.0 : 0.0}) {
      *field++ = value;
    }
  }
  return result;
}

/** wait(ms): blocks the JS thread until audio is there, the stream has ended or the time is over. */
Napi::Value AudioTap::wait(const Napi::CallbackInfo& info) {
  const auto timeout = std::chrono::microseconds(static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000));
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, timeout, [&] { return !state_->queue.empty() || state_->ended || state_->closed; });
  return Napi::Boolean::New(info.Env(), !state_->queue.empty());
}

Napi::Value AudioTap::stats(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  std::lock_guard lock(state_->mutex);
  result["rate"] = state_->rate;
  result["channels"] = state_->channels;
  result["received"] = static_cast<double>(state_->received);
  result["queued"] = static_cast<double>(state_->queued);
  result["dropped"] = static_cast<double>(state_->dropped);
  result["cut"] = static_cast<double>(state_->cut);
  result["waiting"] = Napi::Boolean::New(info.Env(), state_->waiting);
  result["ended"] = Napi::Boolean::New(info.Env(), state_->ended);
  result["wrong"] = text_or_null(info.Env(), state_->wrong_caps);
  return result;
}

/** setBlock(whether a full queue blocks the stream instead of losing its oldest audio) */
Napi::Value AudioTap::set_block(const Napi::CallbackInfo& info) {
  {
    std::lock_guard lock(state_->mutex);
    state_->block = info[0].ToBoolean().Value();
  }
  state_->changed.notify_all();
  return info.Env().Undefined();
}

Napi::Value AudioTap::close(const Napi::CallbackInfo& info) {
  close_now();
  return info.Env().Undefined();
}

}  // namespace rxgst
