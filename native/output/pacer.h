// The clock of an output: pictures in slots of 1/fps, repeated where none comes, and the sound beside them.
#pragma once
#include <gst/app/gstappsrc.h>
#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gst/picture_times.h"
#include "gst/refs.h"
#include "js/completions.h"
#include "js/js.h"
#include "js/names.h"
#include "output/audio_lane.h"
#include "pixels/audio_converter.h"
#include "pixels/pixels.h"
#include "tap/frame_pool.h"

namespace rxgst {

enum class Fill : uint32_t { repeat = 0, slate = 1, none = 2 };
inline constexpr Names<Fill, 3> fills("repeat", "slate", "none");

struct PacerOptions {
  int width = 0;
  int height = 0;
  int fps_n = 30;
  int fps_d = 1;
  int rate = 44100;
  int channels = 2;
  size_t capacity = 10;  // pictures
  Fill fill = Fill::repeat;
  int64_t slate_after_us = 2'000'000;
  GstVideoColorMatrix matrix = GST_VIDEO_COLOR_MATRIX_BT601;
};

/** How a written picture finds its slot. */
enum class Timing : uint32_t {
  next = 0,       // the next 1/fps
  explicit_ = 1,  // the caller's timestamp, checked by the facade
  media = 2       // a source's timestamp, which may start anew at any time
};
inline constexpr Names<Timing, 3> timings("next", "explicit", "media");

/** Why a write was not taken. */
enum class Refused : uint32_t { full, over, wrong_size };
inline constexpr Names<Refused, 3> refusals("full", "over", "wrong-size");

/** Encoders that take nothing more; `ended`: and the programme is over. */
enum class Failure : uint32_t { broken, ended };
inline constexpr Names<Failure, 2> failures("broken", "ended");

/** What one write hands over. */
struct Write {
  Completions<bool>::Ticket ticket;
  Handed pixels;
  PixelFormat format = PixelFormat::rgb;
  Timing timing = Timing::next;
  int64_t timestamp = 0;  // µs
  int64_t accepted = 0;   // µs, CLOCK_MONOTONIC
  std::vector<float> samples;
  int rate = 0;  // of samples
  int channels = 0;
  uint64_t mask = 0;  // which speaker each channel is for
};

/** By the program's running time, ns. Noted while somebody uses it. */
struct AcceptedTimes {
  PictureTimes times;  // µs, CLOCK_MONOTONIC
  std::atomic<int> users{0};
};

class PacerState {
 public:
  explicit PacerState(const PacerOptions& options);
  ~PacerState();
  /** Before run(). Null: black. */
  void set_slate(const uint8_t* pixels, PixelFormat format);
  /** The pacer's thread. */
  void run();
  void close();
  const AudioLane& lane() const { return audio_lane_; }

  PacerOptions options;
  // The pacer's thread only, once it runs.
  ObjectRef<GstAppSrc> video;
  ObjectRef<GstAppSrc> audio;
  std::shared_ptr<Wakeup> wakeup;
  // Of writes: whether each was taken.
  std::shared_ptr<Completions<bool>> completions;
  // When the picture of each slot was written, or was repeated; for those who ask.
  std::shared_ptr<AcceptedTimes> accepted = std::make_shared<AcceptedTimes>();

  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  std::deque<Write> incoming;
  size_t ready_pictures = 0;
  size_t incoming_pictures = 0;
  int64_t queued_samples = 0;  // per channel, in incoming and ready
  bool finishing = false;
  bool finished = false;
  bool closed = false;
  // The encoders take nothing; the thread waits for others, and meanwhile takes writes as far as its queue goes.
  bool broken = false;
  // Encoders that take over from those above.
  ObjectRef<GstAppSrc> next_video;
  ObjectRef<GstAppSrc> next_audio;
  uint64_t written = 0;
  uint64_t repeated = 0;
  uint64_t late = 0;
  int64_t first_fill_at = INT64_MAX;  // µs: pictures begin by themselves then when none was written
  int64_t filling_since = 0;          // µs; 0: not filling

 private:
  struct Ready {
    BufferRef picture;
    Timing timing = Timing::next;
    int64_t timestamp = 0;
    int64_t accepted = 0;
    std::vector<float> samples;
    bool moved = false;  // its source counts from another moment than before
  };
  BufferRef convert(const uint8_t* pixels, PixelFormat format);
  int64_t slot_time_ns(int64_t slot) const;
  int64_t slot_for(Ready& item);
  int64_t due_us(int64_t slot) const;
  /** When the next picture counts as missing. */
  int64_t missing_at() const;
  void emit(Ready item, int64_t slot);
  void emit_picture(GstBuffer* picture, int64_t slot, int64_t accepted);
  void emit_fill();
  int64_t sample_at(int64_t slot) const;
  void audio_for(int64_t slot, Ready* item);
  void push_audio(const float* samples, int64_t position, int64_t count);
  void check(GstFlowReturn flow);
  bool paced() const { return options.fill != Fill::none; }

  // The pacer's thread only.
  std::deque<Ready> ready_;
  GstVideoInfo info_{};
  GstBufferPool* pool_ = nullptr;
  ToEncoder converter_;
  AudioConverter audio_converter_;
  BufferRef last_;
  BufferRef slate_;
  int64_t left_at_ = 0;  // when the last picture went into the encoder
  int64_t next_slot_ = 0;
  int64_t wall_zero_ = 0;  // µs at which slot 0 is due
  int64_t last_write_ = 0;
  bool last_was_fill_ = false;
  bool started_ = false;
  bool anchored_ = false;
  int64_t offset_us_ = 0;  // program time − caller's timestamp
  int64_t last_media_ = 0;
  AudioLane audio_lane_;
};

}  // namespace rxgst
