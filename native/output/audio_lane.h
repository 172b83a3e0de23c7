// Places the audio of an output: sample by sample, beside its pictures, with silence where no audio comes. Arithmetic
// alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "gst/time_units.h"

namespace rxgst {

/** Positions are samples of one channel since the output's zero. One thread, except for the counters. */
class AudioLane {
 public:
  /** Takes the next `count` samples of each channel, which begin at `position`; null: they are silence. */
  using Push = std::function<void(const float* samples, int64_t position, int64_t count)>;

  /** Samples in a block of AAC. */
  static constexpr int64_t aac_block_samples = 1024;

  AudioLane(int rate, int channels, Push push) : rate_(rate), channels_(channels), push_(std::move(push)) {}

  /** The audio of one write. */
  struct Written {
    const std::vector<float>& samples;  // interleaved
    int64_t position;                   // of the picture of the same write
    bool source;                        // of a source: `position` is by its own clock, not by the picture's slot
    bool moved;                         // the source's zero has changed
  };

  /**
   * Audio that comes with a picture goes to the picture's place if there was silence before, and otherwise behind the
   * audio before it. Silence that was pushed ahead cannot be taken back; the begin of the new audio is then cut by the
   * same length, so that pictures and audio stay together. A source begins anew if its zero has changed, as after a
   * pause of the program in which its pictures were lost, or if its audio is too far from its pictures: its waiting
   * audio belongs to pictures that will never come.
   */
  void place(const Written& written) {
    const int64_t here = written.position;
    auto count = static_cast<int64_t>(written.samples.size()) / channels_;
    const int64_t beside = samples_in(written.source ? beside_us : picture_grace_us);
    int64_t skip = 0;
    if (end() < here - beside || ((!flows_ || written.moved) && end() < here)) {
      push_waiting(end());
      push_silence(here - position_);
    } else if (end() > here && (written.moved || (written.source && end() > here + beside))) {
      const int64_t stale = std::min(waiting(), end() - here);
      waiting_.resize(waiting_.size() - static_cast<size_t>(stale * channels_));
      skip = std::clamp<int64_t>(position_ - here, 0, count);
      trimmed_ += static_cast<uint64_t>(stale + skip);
    } else if (position_ > here && silent_ahead_ > 0 && waiting_.empty()) {
      skip = std::min({silent_ahead_, position_ - here, count});
      silent_ahead_ -= skip;
      trimmed_ += static_cast<uint64_t>(skip);
    }
    flows_ = true;
    const int64_t room = samples_in(most_waiting_us) - waiting();
    if (count - skip > room) {
      trimmed_ += static_cast<uint64_t>(count - skip - room);
      count = skip + std::max<int64_t>(room, 0);
    }
    waiting_.insert(waiting_.end(), written.samples.begin() + static_cast<ptrdiff_t>(skip * channels_),
                    written.samples.begin() + static_cast<ptrdiff_t>(count * channels_));
  }

  /**
   * Pushes the audio of the picture at `here`: waiting audio, or silence if none waits and the picture's write
   * `brought` none. `next`: the place of the next picture. Audio is not pushed further than that, so that it can still
   * be taken back; none: all waiting audio is pushed.
   */
  void lay(int64_t here, std::optional<int64_t> next, bool brought) {
    push_waiting(next ? *next + silence_ahead_samples : INT64_MAX);
    if (!waiting_.empty() || brought) return;
    if (flows_ && position_ < here - samples_in(grace_us_)) flows_ = false;
    if (!flows_) push_silence(here + silence_ahead_samples - position_);
  }

  /** Audio may come this much later than its picture, while it is being written, before silence takes its place. */
  void set_grace(int64_t us) { grace_us_ = us; }

  /** Counts samples that have no place. */
  void cut(int64_t count) { trimmed_ += static_cast<uint64_t>(count); }

  /** Nothing is written: no audio is on its way. */
  void expect_none() { flows_ = false; }

  /** Pushes all waiting audio. */
  void flush() { push_waiting(INT64_MAX); }
  /** Pushes silence up to here, and one AAC block more, which makes the encoder give out the last audio. */
  void fill_to_end(int64_t here) { push_silence(here + aac_block_samples - position_); }

  /** The end of the pushed and the waiting audio, µs. */
  int64_t end_us() const { return static_cast<int64_t>(static_cast<__int128>(end()) * us_per_s / rate_); }
  int64_t samples_in(int64_t us) const { return static_cast<int64_t>(static_cast<__int128>(us) * rate_ / us_per_s); }

  /** Samples of one channel: silence that was pushed, and audio that was cut. Any thread. */
  uint64_t silence() const { return silence_; }
  uint64_t trimmed() const { return trimmed_; }

 private:
  // While no audio is written, silence is pushed this far ahead of the picture. The packet that a picture waits for, in
  // order of time, comes two blocks after its own first sample; the encoder keeps one block, and one is for the
  // position within a block. With three blocks a picture is 38 ms old when a capture has it, with four 5 ms (720p30
  // over loopback).
  static constexpr int64_t silence_ahead_samples = 4 * aac_block_samples;
  // A caller's audio may be this far from its picture …
  static constexpr int64_t picture_grace_us = 120'000;
  // … and a source's this far. The rounding of the slot is added, and people see 40 ms.
  static constexpr int64_t beside_us = 10'000;
  // The longest audio that waits for its pictures: as much as one write may bring.
  static constexpr int64_t most_waiting_us = 12'000'000;

  int64_t waiting() const { return static_cast<int64_t>(waiting_.size()) / channels_; }
  int64_t end() const { return position_ + waiting(); }

  /** Pushes waiting audio up to position `until`. */
  void push_waiting(int64_t until) {
    const int64_t count = std::min(waiting(), until - position_);
    if (count <= 0) return;
    push(waiting_.data(), count);
    silent_ahead_ = 0;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count * channels_));
  }
  void push_silence(int64_t count) {
    if (count <= 0) return;
    push(nullptr, count);
    silent_ahead_ += count;
    silence_ += static_cast<uint64_t>(count);
  }
  void push(const float* samples, int64_t count) {
    const int64_t from = std::exchange(position_, position_ + count);
    push_(samples, from, count);
  }

  const int rate_;
  const int channels_;
  const Push push_;
  int64_t position_ = 0;        // behind the pushed audio
  std::vector<float> waiting_;  // audio that follows, and waits for its pictures
  int64_t silent_ahead_ = 0;    // samples of our silence at the end of the pushed audio
  bool flows_ = true;
  int64_t grace_us_ = 300'000;
  std::atomic<uint64_t> silence_{0};
  std::atomic<uint64_t> trimmed_{0};
};

}  // namespace rxgst
