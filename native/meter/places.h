// The probes of a meter, one kind for each place: packets, raw media, and the begin and the end of latency. Each runs
// in its pad's streaming thread only.
#pragma once
#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "av1/stamp.h"
#include "gst/caps.h"
#include "gst/running_time.h"
#include "h264/avc_config.h"
#include "h264/sei.h"
#include "hevc/config.h"
#include "hevc/sei.h"
#include "meter/meter.h"

namespace rxgst {

/** The current caps of a pad. The pad's streaming thread only. */
class CapsWatch {
 public:
  /** Whether the caps have changed since the last call. */
  bool changed(GstPad* pad) {
    CapsRef current(gst_pad_get_current_caps(pad));
    if (current.get() == caps_.get()) return false;
    caps_ = std::move(current);
    return true;
  }
  GstCaps* get() const { return caps_.get(); }

 private:
  CapsRef caps_;
};

/** Encoded packets of either kind. */
struct PacketPlace {
  void see(MeterState& state, GstPad* pad, GstBuffer* buffer) {
    if (caps.changed(pad)) configure();
    state.packet(pad, buffer, video, stamp_reader, length_size);
  }
  /** The decoder configuration of H.264 and HEVC tells the lengths before NAL units. */
  void configure() {
    const std::string_view media = media_of(caps.get());
    const MappedBuffer record(codec_data(caps.get()));
    video = media.starts_with("video/");
    length_size = 0;
    if (is_hevc(caps.get()) && hevc::is_record(record.data(), record.size())) {
      length_size = static_cast<size_t>(hevc::length_size_of(record.data()));
      stamp_reader = hevc::read_stamp;
    } else if (media == "video/x-h264") {
      length_size = static_cast<size_t>(nal_length_size(record.data(), record.size()));
      stamp_reader = read_stamp;
    } else if (media == "video/x-av1") {
      length_size = 1;
      stamp_reader = [](const uint8_t* data, size_t size, size_t) { return av1::read_stamp(data, size); };
    }
    if (length_size == 0) stamp_reader = nullptr;
  }
  CapsWatch caps;
  bool video = false;
  MeterState::StampReader stamp_reader = nullptr;
  size_t length_size = 0;
};

/** Decoded pictures or audio. */
struct RawPlace {
  void see(MeterState& state, GstPad* pad, GstBuffer* buffer) {
    if (caps.changed(pad)) {
      kind = Kind::other;
      const std::string_view media = media_of(caps.get());
      if (media.starts_with("video/x-raw") && gst_video_info_from_caps(&video, caps.get())) kind = Kind::picture;
      if (media.starts_with("audio/x-raw") && gst_audio_info_from_caps(&audio, caps.get())) kind = Kind::audio;
    }
    const int64_t at = GST_BUFFER_PTS_IS_VALID(buffer) ? static_cast<int64_t>(GST_BUFFER_PTS(buffer)) : INT64_MIN;
    if (kind == Kind::picture && at != INT64_MIN) see_picture(state, buffer, at);
    if (kind == Kind::audio) see_audio(state, buffer, at);
  }
  /** rxgst's own audio is interleaved float; other pipelines may have planar audio, as libav does, or 16 bits. */
  void see_audio(MeterState& state, GstBuffer* buffer, int64_t at) {
    const GstAudioFormat format = GST_AUDIO_INFO_FORMAT(&audio);
    if (format != GST_AUDIO_FORMAT_F32 && format != GST_AUDIO_FORMAT_S16) return;
    GstAudioBuffer map;
    if (!gst_audio_buffer_map(&map, &audio, buffer, GST_MAP_READ)) return;
    const auto channels = static_cast<size_t>(audio.channels);
    const size_t count = map.n_samples * channels;
    const bool planar = GST_AUDIO_INFO_LAYOUT(&audio) == GST_AUDIO_LAYOUT_NON_INTERLEAVED;
    if (format == GST_AUDIO_FORMAT_F32 && !planar) {
      state.audio_health.listen(static_cast<const float*>(map.planes[0]), count, audio.rate, audio.channels, at);
    } else {
      samples.resize(count);
      for (size_t channel = 0; channel < channels; ++channel) {
        const void* plane = map.planes[planar ? channel : 0];
        const size_t step = planar ? 1 : channels, first = planar ? 0 : channel;
        for (size_t i = 0; i < map.n_samples; ++i) {
          const size_t from = first + i * step;
          samples[i * channels + channel] =
              format == GST_AUDIO_FORMAT_F32 ? static_cast<const float*>(plane)[from]
                                             : static_cast<float>(static_cast<const int16_t*>(plane)[from]) / 32768.0f;
        }
      }
      state.audio_health.listen(samples.data(), count, audio.rate, audio.channels, at);
    }
    gst_audio_buffer_unmap(&map);
  }
  void see_picture(MeterState& state, GstBuffer* buffer, int64_t at) {
    if (!pictures) {
      std::lock_guard lock(state.mutex);
      pictures = state.pictures;
    }
    if (!pictures) return;
    int64_t duration = 0;
    if (GST_BUFFER_DURATION_IS_VALID(buffer)) {
      duration = static_cast<int64_t>(GST_BUFFER_DURATION(buffer));
    } else if (video.fps_n > 0) {
      duration = static_cast<int64_t>(
          gst_util_uint64_scale(GST_SECOND, static_cast<guint64>(video.fps_d), static_cast<guint64>(video.fps_n)));
    }
    pictures->look(buffer, video, at, duration);
  }
  enum class Kind { other, picture, audio };
  CapsWatch caps;
  Kind kind = Kind::other;
  GstVideoInfo video{};
  GstAudioInfo audio{};
  std::vector<float> samples;
  std::shared_ptr<PictureHealth> pictures;  // of this connection
};

struct EntryPlace {
  void see(MeterState& state, GstPad* pad, GstBuffer* buffer) {
    if (const auto time = running_time(pad, GST_BUFFER_PTS(buffer))) state.enter(*time);
  }
};

struct ExitPlace {
  void see(MeterState& state, GstPad* pad, GstBuffer* buffer) {
    if (const auto time = running_time(pad, GST_BUFFER_PTS(buffer))) state.leave(*time);
  }
};

/** FLV tags on their way to a publisher: OFFSET_END holds the picture's running time in the output. */
struct TagPlace {
  void see(MeterState& state, GstPad*, GstBuffer* buffer) {
    if (GST_BUFFER_OFFSET_END_IS_VALID(buffer)) state.leave(static_cast<int64_t>(GST_BUFFER_OFFSET_END(buffer)));
  }
};

}  // namespace rxgst
