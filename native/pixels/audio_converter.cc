#include "pixels/audio_converter.h"

#include "gst/refs.h"
#include "pixels/audio_layout.h"

namespace rxgst {

void AudioConverter::convert(std::vector<float>& samples, int rate, int channels, uint64_t mask) {
  if (rate == rate_ && channels == channels_) {
    // A source of another format that comes back later starts clean.
    converter_.reset();
    from_rate_ = 0;
    return;
  }
  if (rate != from_rate_ || channels != from_channels_ || mask != from_mask_) {
    GstAudioInfo from = audio_info(rate, channels, mask);
    GstAudioInfo to = audio_info(rate_, channels_, usual_layout(channels_));
    StructurePtr config;
    if (channels > 2 && GST_AUDIO_INFO_IS_UNPOSITIONED(&from)) {
      // A converter would drop what it has no place for.
      GValue matrix = even_mix(channels, channels_);
      config.reset(gst_structure_new_empty("GstAudioConverter"));
      gst_structure_take_value(config.get(), GST_AUDIO_CONVERTER_OPT_MIX_MATRIX, &matrix);
    }
    converter_.reset(gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &from, &to, config.release()));
    from_rate_ = rate;
    from_channels_ = channels;
    from_mask_ = mask;
  }
  if (!converter_) {
    samples.clear();
    return;
  }
  const size_t in_frames = samples.size() / static_cast<size_t>(channels);
  const size_t out_frames = gst_audio_converter_get_out_frames(converter_.get(), in_frames);
  std::vector<float> result(out_frames * static_cast<size_t>(channels_));
  gpointer in[] = {samples.data()};
  gpointer out[] = {result.data()};
  gst_audio_converter_samples(converter_.get(), GST_AUDIO_CONVERTER_FLAG_NONE, in, in_frames, out, out_frames);
  samples = std::move(result);
}

}  // namespace rxgst
