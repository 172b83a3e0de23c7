// Sound of any rate and channel count → an output's own.
#pragma once
#include <gst/audio/audio.h>

#include <memory>
#include <vector>

namespace rxgst {

/** Keeps the resampler between chunks, so that they join without a jump. One thread at a time. */
class AudioConverter {
 public:
  AudioConverter(int rate, int channels) : rate_(rate), channels_(channels) {}
  /** In place; the same samples where the formats agree. `mask`: which speaker each channel is for; 0: none. */
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
