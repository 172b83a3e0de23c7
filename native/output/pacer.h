// The pacer: the clock of an output. It puts pictures into slots of 1/fps, repeats them, and places the audio beside
// them.
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

#include "captions/outgoing.h"
#include "gst/picture_times.h"
#include "gst/refs.h"
#include "js/completions.h"
#include "js/js.h"
#include "js/names.h"
#include "output/audio_lane.h"
#include "output/captions/caption_writer.h"
#include "output/outlets/outlets.h"
#include "output/shown_picture.h"
#include "output/source_sound.h"
#include "output/standing_queue.h"
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

/** How a written picture gets its slot. */
enum class Timing : uint32_t {
  next = 0,       // the next slot
  explicit_ = 1,  // the slot of the caller's timestamp, which the facade has checked
  media = 2       // the slot of a source's timestamp, which may begin anew at any time
};
inline constexpr Names<Timing, 3> timings("next", "explicit", "media");

/** The reason why a write was refused. */
enum class Refused : uint32_t { full, over, wrong_size };
inline constexpr Names<Refused, 3> refusals("full", "over", "wrong-size");

/** The encoders take nothing more; `ended`: and the output has ended. */
enum class Failure : uint32_t { broken, ended };
inline constexpr Names<Failure, 2> failures("broken", "ended");

/** The data of one write. */
struct Write {
  Completions<bool>::Ticket ticket;
  Handed pixels;
  captions::SharedCaptions captions;
  PixelFormat format = PixelFormat::rgb;
  Timing timing = Timing::next;
  int64_t timestamp_us = 0;
  int64_t accepted = 0;  // µs, CLOCK_MONOTONIC
  std::vector<float> samples;
  int rate = 0;  // of samples
  int channels = 0;
  uint64_t mask = 0;  // the speaker of each channel
};

/** When pictures were accepted, by the output's running time (ns). Noted only while `users` is not 0. */
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
  /** Any thread. Shown from the next fill picture on. */
  void replace_slate(std::vector<uint8_t> pixels, PixelFormat format);
  /** The pacer's thread. */
  void run();
  void close();
  const AudioLane& lane() const { return audio_lane_; }
  /** What it shows, also for other threads. */
  ShownPicture& shown() { return *shown_; }

  /** Any thread: the middle of the time (µs) before the first slot, of each `every`, that has surely not left. */
  int64_t keyframe_time_us(int64_t every) const;

  PacerOptions options;
  std::shared_ptr<Wakeup> wakeup;
  // For each write: whether it was taken.
  std::shared_ptr<Completions<bool>> completions;
  // When the picture of each slot was written or repeated.
  std::shared_ptr<AcceptedTimes> accepted = std::make_shared<AcceptedTimes>();
  // What each slot has of captions.
  const std::shared_ptr<NotedCaptions> noted = std::make_shared<NotedCaptions>();

  std::mutex mutex;
  /** Guarded by mutex. Empty: the slate stays. */
  std::vector<uint8_t> next_slate;
  PixelFormat next_slate_format{};
  std::condition_variable changed;
  // Guarded by mutex:
  std::deque<Write> incoming;
  size_t ready_pictures = 0;
  size_t incoming_pictures = 0;
  int64_t queued_samples = 0;  // per channel, in incoming and ready
  bool finishing = false;
  bool finished = false;
  bool closed = false;
  // While they stand still, the thread waits for other encoders, and takes writes until its queue is full.
  Outlets outlets;
  uint64_t written = 0;
  uint64_t repeated = 0;
  uint64_t late = 0;
  uint64_t captions_dropped = 0;
  bool found_full = false;               // by a writer, since the last picture left
  int64_t first_fill_at_us = INT64_MAX;  // the time of the first fill picture, if no picture was written before
  int64_t filling_since_us = 0;          // 0: not filling

 private:
  struct Ready {
    BufferRef picture;
    captions::SharedCaptions captions;
    Timing timing = Timing::next;
    int64_t timestamp_us = 0;
    int64_t accepted = 0;
    std::vector<float> samples;
    bool moved = false;  // its source's zero has changed
    int64_t at_us = 0;   // of sound alone: its place, output time
  };
  BufferRef convert(const uint8_t* pixels, PixelFormat format);
  int64_t slot_time_ns(int64_t slot) const;
  int64_t slot_for(Ready& item);
  int64_t due_us(int64_t slot) const;
  /** The time after which the next picture counts as missing. */
  int64_t missing_at() const;
  void emit(Ready item, int64_t slot);
  void emit_picture(GstBuffer* picture, int64_t slot, int64_t accepted);
  void take_slate();
  /** @param waits whether a written picture waits: the source is not late */
  void emit_fill(bool waits);
  /** Lays the sound of a source that came without its pictures, as far as its place is known; `all`: or never will. */
  bool lay_source_sound(bool all);
  void hold(Ready sound, int64_t count);
  void begin_clock(int64_t now);
  /** The stream's last sound leaves, and its end. Without the mutex meanwhile. */
  void end(std::unique_lock<std::mutex>& lock);
  int64_t sample_at(int64_t slot) const;
  void audio_for(int64_t slot, Ready* item);
  void push_audio(const float* samples, int64_t position, int64_t count);
  bool paced() const { return options.fill != Fill::none; }

  // The pacer's thread only:
  std::deque<Ready> ready_;
  GstVideoInfo info_{};
  GstBufferPool* pool_ = nullptr;
  std::unique_ptr<ShownPicture> shown_;
  ToEncoder converter_;
  AudioConverter audio_converter_;
  captions::OutgoingCaptions captions_;
  BufferRef last_;
  BufferRef slate_;
  int64_t left_at_us_ = 0;  // when the last picture went into the encoder
  int64_t next_slot_ = 0;
  std::atomic<int64_t> told_slot_{0};  // next_slot_, for other threads
  int64_t wall_zero_us_ = 0;           // when slot 0 is due
  int64_t last_write_us_ = 0;          // of a picture
  bool last_was_fill_ = false;
  bool started_ = false;
  bool anchored_ = false;
  int64_t offset_us_ = 0;  // output time − the caller's timestamp
  int64_t last_media_us_ = 0;
  AudioLane audio_lane_;
  StandingQueue standing_;
  SourceSound source_sound_;
  std::deque<Ready> held_;    // sound of a source, until its place is known and near
  int64_t held_samples_ = 0;  // per channel
};

}  // namespace rxgst
