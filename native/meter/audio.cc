#include "meter/audio.h"

#include <algorithm>
#include <cmath>

namespace rxgst {
namespace {

constexpr double silent_rms = 0.001;  // −60 dBFS
constexpr int blocks_per_second = 20;
// What FFmpeg's filters show where there is nothing; JSON has no −∞.
constexpr double floor_db = -120;

double at_least_floor(double db) { return std::isfinite(db) ? std::max(db, floor_db) : floor_db; }

}  // namespace

void AudioHealth::End::operator()(ebur128_state* state) const { ebur128_destroy(&state); }

AudioHealth::AudioHealth(AudioParts parts) : parts_(parts) {}
AudioHealth::~AudioHealth() = default;

void AudioHealth::begin(int rate, int channels) {
  rate_ = rate;
  channels_ = channels;
  block_size_ = std::max(1, rate / blocks_per_second);
  block_count_ = 0;
  squares_ = {};
  measured_ = 0;
  peaks_ = {};
  peak_slot_ = 0;
  ebur_.reset();
  if (!parts_.loudness && !parts_.true_peak) return;
  int mode = 0;
  // The histogram bounds what "integrated" remembers, to 0.1 LU.
  if (parts_.loudness) mode |= EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM;
  if (parts_.true_peak) mode |= EBUR128_MODE_TRUE_PEAK;
  ebur_.reset(ebur128_init(static_cast<unsigned>(channels), static_cast<unsigned long>(rate), mode));
}

void AudioHealth::listen(const float* samples, size_t count, int rate, int channels, int64_t at) {
  if (channels < 1 || channels > most_channels || rate <= 0) return;
  std::lock_guard lock(mutex_);
  if (rate != rate_ || channels != channels_) begin(rate, channels);
  const size_t frames = count / static_cast<size_t>(channels);
  if (frames == 0) return;
  if (ebur_) measure(samples, frames);
  seen_ = true;
  if (!parts_.silence) return;
  // A block's time is counted on from its first sample; the container's is true again at the next one.
  for (size_t done = 0; done < frames;) {
    if (block_count_ == 0 && at != INT64_MIN) block_at_ = at + static_cast<int64_t>(done) * 1'000'000'000 / rate;
    const size_t take = std::min(frames - done, static_cast<size_t>(block_size_ - block_count_));
    const float* from = samples + done * static_cast<size_t>(channels);
    for (int channel = 0; channel < channels; ++channel) {
      float sum = 0;
      for (size_t i = 0; i < take; ++i) {
        const float sample = from[i * static_cast<size_t>(channels) + static_cast<size_t>(channel)];
        sum += sample * sample;
      }
      squares_[static_cast<size_t>(channel)] += static_cast<double>(sum);
    }
    block_count_ += static_cast<int>(take);
    done += take;
    if (block_count_ == block_size_) end_block();
  }
}

void AudioHealth::end_block() {
  const int64_t until = block_at_ + static_cast<int64_t>(block_size_) * 1'000'000'000 / rate_;
  bool all = true;
  for (int channel = 0; channel < channels_; ++channel) {
    auto& squares = squares_[static_cast<size_t>(channel)];
    const bool silent = squares < silent_rms * silent_rms * block_size_;
    each_[static_cast<size_t>(channel)].put(block_at_, until, silent, ignored_);
    all = all && silent;
    squares = 0;
  }
  all_.put(block_at_, until, all, ended_);
  block_at_ = until;
  block_count_ = 0;
}

void AudioHealth::measure(const float* samples, size_t frames) {
  // One sample that is no number would stay in the filters for ever.
  float sum = 0;
  for (size_t i = 0; i < frames * static_cast<size_t>(channels_); ++i) sum += samples[i] * samples[i];
  if (!std::isfinite(sum)) return;
  const size_t slot_frames = static_cast<size_t>(rate_) / 10;
  // In pieces that end where a slot of the peaks does.
  for (size_t done = 0; done < frames;) {
    const size_t left = slot_frames - static_cast<size_t>(measured_ % slot_frames);
    const size_t take = std::min(frames - done, left);
    ebur128_add_frames_float(ebur_.get(), samples + done * static_cast<size_t>(channels_), take);
    if (parts_.true_peak) {
      const uint64_t slot = measured_ / slot_frames;
      auto& peak = peaks_[slot % peaks_.size()];
      if (slot != peak_slot_) peak = 0;
      peak_slot_ = slot;
      for (int channel = 0; channel < channels_; ++channel) {
        double value = 0;
        ebur128_prev_true_peak(ebur_.get(), static_cast<unsigned>(channel), &value);
        peak = std::max(peak, value);
      }
    }
    measured_ += take;
    done += take;
  }
}

void AudioHealth::reset() {
  std::lock_guard lock(mutex_);
  seen_ = false;
  block_count_ = 0;
  squares_ = {};
  all_.reset(ended_);
  for (Interval& one : each_) one.reset(ignored_);
  ignored_.take();
  measured_ = 0;
  peaks_ = {};
  peak_slot_ = 0;
}

AudioContent AudioHealth::read(EndedIntervals& ended) {
  std::lock_guard lock(mutex_);
  for (const EndedInterval& one : ended_.take()) ended.add(one.kind, one.start, one.end);
  AudioContent content;
  if (!seen_) return content;
  if (parts_.silence) {
    content.silence = all_.seconds();
    for (int channel = 0; channel < channels_; ++channel) {
      content.channels.push_back(each_[static_cast<size_t>(channel)].seconds());
    }
  }
  if (!ebur_) return content;
  double value = 0;
  const auto rate = static_cast<uint64_t>(rate_);
  if (parts_.loudness) {
    if (measured_ >= rate * 4 / 10 && ebur128_loudness_momentary(ebur_.get(), &value) == EBUR128_SUCCESS) {
      content.momentary = at_least_floor(value);
    }
    if (measured_ >= rate * 3 && ebur128_loudness_shortterm(ebur_.get(), &value) == EBUR128_SUCCESS) {
      content.short_term = at_least_floor(value);
    }
    // Before anything was louder than the gate there is no integrated loudness.
    if (ebur128_loudness_global(ebur_.get(), &value) == EBUR128_SUCCESS && std::isfinite(value))
      content.integrated = value;
  }
  if (parts_.true_peak && measured_ >= rate / 10) {
    const double peak = *std::max_element(peaks_.begin(), peaks_.end());
    content.true_peak = at_least_floor(20 * std::log10(peak));
  }
  return content;
}

}  // namespace rxgst
