// Silence and loudness of an audio track.
#pragma once
#include <ebur128.h>
#include <gst/audio/audio.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "meter/interval.h"

namespace rxgst {

struct AudioParts {
  bool silence = false;
  bool loudness = false;
  bool true_peak = false;
};

struct AudioContent {
  std::optional<double> silence;                            // s
  std::vector<double> channels;                             // s of silence, for each channel
  std::optional<double> momentary, short_term, integrated;  // LUFS
  std::optional<double> true_peak;                          // dBTP of the window
};

/**
 * A block of 50 ms is silent if its RMS is below −60 dBFS; "all" means that every channel is silent. Loudness is
 * libebur128's (EBU R 128, BS.1770): short-term over 3 s, momentary over 400 ms, integrated since the meter was made,
 * over all connections. For audio with at most two channels, in interleaved float.
 */
class AudioHealth {
 public:
  explicit AudioHealth(AudioParts parts);
  ~AudioHealth();
  /** Streaming thread. `at`: the time of the first sample in ns; INT64_MIN: it follows the last sample. */
  void listen(const float* samples, size_t count, int rate, int channels, int64_t at);
  void reset();
  AudioContent read(EndedIntervals& ended);

 private:
  void begin(int rate, int channels);
  void end_block();
  void measure(const float* samples, size_t frames);

  static constexpr int most_channels = 2;
  const AudioParts parts_;
  std::mutex mutex_;
  // Guarded by mutex_. A chunk of 20 ms takes about 0.05 ms: JS never waits longer.
  int rate_ = 0, channels_ = 0;
  bool seen_ = false;
  int64_t block_at_ns_ = 0;
  int block_count_ = 0, block_size_ = 0;
  std::array<double, most_channels> squares_{};
  Interval all_{IntervalKind::silence};
  std::array<Interval, most_channels> each_{Interval(IntervalKind::silence), Interval(IntervalKind::silence)};
  EndedIntervals ended_, ignored_;
  struct End {
    void operator()(ebur128_state* state) const;
  };
  std::unique_ptr<ebur128_state, End> ebur_;
  uint64_t measured_ = 0;  // samples per channel since the meter was made or the connection began
  // The greatest sample of each 100 ms in the last 5 s.
  std::array<double, 50> peaks_{};
  uint64_t peak_slot_ = 0;
};

}  // namespace rxgst
