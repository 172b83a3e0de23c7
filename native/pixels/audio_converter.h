// Converts audio of any rate and channel count to the rate and channels of an output.
#pragma once
#include <gst/audio/audio.h>

#include <memory>
#include <vector>

namespace rxgst {

/** Keeps the resampler between chunks, so that they join without a click. One thread at a time. */
class AudioConverter {
 public:
  AudioConverter(int rate, int channels) : rate_(rate), channels_(channels) {}
  /** In place; without change if the formats agree. `mask`: the speaker of each channel; 0: unknown. */
  void convert(std::vector<float>& samples, int rate, int channels, uint64_t mask);

 private:
  struct Free {
    void operator()(GstAudioConverter* converter) const { gst_audio_converter_free(converter); }
  };
  int rate_;
  int channels_;
  int from_rate_ = 0;
  int from_channels_ = 0;
  uint64_t from_mask_ = 0;
  std::unique_ptr<GstAudioConverter, Free> converter_;
};

}  // namespace rxgst
