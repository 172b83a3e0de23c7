#include "sound_converter.h"

namespace rxgst {

void SoundConverter::convert(std::vector<float>& samples, int rate, int channels) {
  if (rate == rate_ && channels == channels_) {
    // A source of another format that comes back later starts clean.
    converter_.reset();
    from_rate_ = 0;
    return;
  }
  if (rate != from_rate_ || channels != from_channels_) {
    GstAudioInfo from, to;
    gst_audio_info_init(&from);
    gst_audio_info_init(&to);
    gst_audio_info_set_format(&from, GST_AUDIO_FORMAT_F32LE, rate, channels, nullptr);
    gst_audio_info_set_format(&to, GST_AUDIO_FORMAT_F32LE, rate_, channels_, nullptr);
    converter_.reset(gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &from, &to, nullptr));
    from_rate_ = rate;
    from_channels_ = channels;
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
