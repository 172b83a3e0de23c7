// appsink → float samples on one continuous timeline.
#pragma once
#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "capture/sample_clock.h"
#include "capture/timeline.h"
#include "gst/refs.h"
#include "js/changes.h"
#include "tap/sink_feed.h"

namespace rxgst {

struct Audio {
  std::vector<float> samples;  // interleaved
  int64_t position;            // of the first sample, in samples per channel since zero
  int rate;
  int channels;
  uint64_t mask;  // which speaker each channel is for; 0: none in particular
  bool discontinuity;
};

/**
 * Sample n of a capture is at n / rate seconds, for ever. The container's timestamps (whole milliseconds in FLV) decide
 * only where the first sample lies, and where samples are missing (SampleClock). A hole becomes silence and an overlap
 * is cut, both counted; so what JS gets is one unbroken sound.
 */
class AudioTapState : public SampleReader {
 public:
  void on_sample(GstSample* sample) override;
  void on_end() override;
  void close();
  bool is_closed() {
    std::lock_guard lock(mutex);
    return closed;
  }

  std::shared_ptr<Wakeup> wakeup;
  std::shared_ptr<TimelineState> timeline;

  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  bool block = false;
  std::deque<Audio> queue;
  int64_t queued = 0;  // samples per channel in queue
  int rate = 0;
  int channels = 0;
  bool waiting = false;  // the streaming thread waits for room
  bool ended = false;
  bool closed = false;
  uint64_t received = 0;
  uint64_t dropped = 0;    // samples per channel that a full queue lost
  uint64_t inserted = 0;   // samples per channel of silence for holes of the source
  uint64_t cut = 0;        // samples per channel cut where the source overlapped itself
  std::string wrong_caps;  // what came instead of sound

 private:
  void place(int64_t running_time, std::vector<float> samples);
  void settle(std::optional<int64_t> next);
  void lay(SampleClock::Laid laid, std::vector<float> samples);
  int64_t sample_at(int64_t ns) const;
  void deliver(Audio audio);
  void release_held(bool end);

  // Streaming thread only.
  bool read_caps(GstCaps* caps);
  std::vector<float> read_samples(GstBuffer* buffer);

  GstAudioInfo info_{};
  uint64_t mask_ = 0;
  struct FreeConverter {
    void operator()(GstAudioConverter* converter) const { gst_audio_converter_free(converter); }
  };
  std::unique_ptr<GstAudioConverter, FreeConverter> converter_;  // none where samples are floats already
  CapsRef caps_;
  struct Held {
    int64_t running_time;
    int64_t arrival;  // µs, monotonic
    std::vector<float> samples;
  };
  std::deque<Held> held_;
  int64_t held_samples_ = 0;
  SampleClock sample_clock_;
  std::vector<float> kept_;  // a packet that lies beside its place, until the next one has come
  bool heard_ = false;       // sound has been handed out
  uint32_t jumps_ = 0;
};

class AudioTap : public Napi::ObjectWrap<AudioTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit AudioTap(const Napi::CallbackInfo& info);
  ~AudioTap() override;

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value set_block(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<AudioTapState> state_;
  FeedPlace place_;
};

/** Names of the numbers that AudioTap.read() writes, for the test that compares them. */
Napi::Array audio_fields_table(Napi::Env env);

}  // namespace rxgst
