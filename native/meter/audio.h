// Silence and loudness of a track of sound.
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
  std::vector<double> channels;                             // s of silence, each
  std::optional<double> momentary, short_term, integrated;  // LUFS
  std::optional<double> true_peak;                          // dBTP of the window
};

/**
 * Silent is a block of 50 ms whose RMS is below −60 dBFS; "all" is when every channel is. Loudness is libebur128's (EBU
 * R 128, BS.1770): short-term over 3 s, momentary over 400 ms, integrated since the meter was made, over all
 * connections. Of sound with no more than two channels, interleaved float.
 */
class AudioHealth {
 public:
  explicit AudioHealth(AudioParts parts);
  ~AudioHealth();
  /** Streaming thread. `at`: of the first sample, ns; INT64_MIN: follows on. */
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
  // All below are guarded by mutex_: a chunk of 20 ms takes some 0.05 ms, which is the longest that JS ever waits.
  int rate_ = 0, channels_ = 0;
  bool seen_ = false;
  int64_t block_at_ = 0;  // ns
  int block_count_ = 0, block_size_ = 0;
  std::array<double, most_channels> squares_{};
  Interval all_{IntervalKind::silence};
  std::array<Interval, most_channels> each_{Interval(IntervalKind::silence), Interval(IntervalKind::silence)};
  EndedIntervals ended_, ignored_;
  struct End {
    void operator()(ebur128_state* state) const;
  };
  std::unique_ptr<ebur128_state, End> ebur_;
  uint64_t measured_ = 0;  // samples per channel since the state was made or the connection began
  // The greatest sample of each 100 ms of sound in the last 5 s.
  std::array<double, 50> peaks_{};
  uint64_t peak_slot_ = 0;
};

}  // namespace rxgst
