// What rxrtmpsrc does with a session: a bounded queue, and behind it pads with their caps, times and events.
#pragma once
#include <gst/base/gstflowcombiner.h>
#include <gst/gst.h>

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gst/refs.h"
#include "rtmp/elements/play_queue.h"
#include "rtmp/elements/segments.h"
#include "rtmp/elements/track_format.h"
#include "rtmp/elements/track_news.h"
#include "rtmp/io/live_stream.h"

namespace rxgst::rtmp {

struct PlayerOptions {
  int video_track = 0, audio_track = 0;
  bool script_data = false;
  /** No queue and no thread: everything behind the pads runs in the I/O thread, but for what comes before it plays. */
  bool direct = false;
};

/** Of one run from READY to PAUSED and back. */
class Player final : public SessionListener, public std::enable_shared_from_this<Player> {
 public:
  Player(GstElement* element, PlayerOptions options);
  ~Player() override;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /** Configuration records that are none; they were left out. Any thread. */
  uint64_t records_left_out() const { return records_left_out_.load(std::memory_order_relaxed); }

  void set_stream(std::shared_ptr<LiveStream> stream) { stream_ = std::move(stream); }

  /** Streaming task, again and again: waits for what comes and gives it to the pads. */
  void run();
  /** Media go to the pads only while it plays; until then they wait. */
  void set_playing(bool playing);
  /** The pads are about to become inactive, and no new one stays active. */
  void begin_stop();
  /** Nothing waits any more, for good; when it returns the I/O thread is in no pad. The pads must be inactive, or what
   * is behind them flushing. */
  void flush();
  /** The program ends the stream. */
  void end_stream();

  bool on_media(MediaMessage message) override;
  bool on_told(Event event) override;
  void on_sent() override {}
  void on_over(std::optional<Failure> failure) override;

 private:
  enum TrackIndex : size_t { video, audio, data, tracks };
  struct Track {
    GstPad* pad = nullptr;
    Codec codec = Codec::unknown;
    /** Of each codec that the track has had: who changes back need not say it again. */
    std::map<Codec, std::vector<uint8_t>> configs;
    SoundFormat sound;
    std::optional<TrackFormat> format;
    bool discont = true;
    /** What is subtracted from decoding times, so that none is later than its picture is shown; ns. */
    int64_t lead = 0;
    int64_t last_dts = -1;
    TrackTimes times;
    /** Where its segment began and where it is, in the stream's time; when it came there, in ours. */
    int64_t first = 0, position = 0, arrived_us = 0;
    /** Since when media come that no configuration goes with; 0: none do. */
    int64_t unconfigured_us = 0;
    /** A keyframe was among them. */
    bool keyed_in_vain = false;
  };

  static int64_t time_ns(const MediaMessage& message);
  bool put(PlayQueue::Item item);
  void give(std::deque<PlayQueue::Item> taken);
  void leave();
  /** Why it is over, where nobody takes what waits. The I/O thread, with `direct`. */
  void tell_in_pause();
  /** False: it is over. */
  bool process(PlayQueue::Item item);
  bool process_now(PlayQueue::Item item);
  GstFlowReturn process_media(const MediaMessage& message);
  GstFlowReturn process_frame(const Frame& frame, const MediaMessage& message);
  GstFlowReturn process_script(const MediaMessage& message);
  /** @param amf 0 or 3: how it is written */
  GstFlowReturn push_script(Payload script, int amf, int64_t stream_time);
  bool choose_format(Track* track, const Frame& frame, bool media);
  bool is_sense(bool readable);
  bool fail_media(const std::string& why);
  bool take_config(Track* track, const Frame& frame);
  bool bears_unconfigured(Track* track, const Frame& frame);
  void open_pad(Track* track, const char* name, GstCaps* caps);
  void give_segment(Track* track);
  int64_t running_now() const;
  GstFlowReturn push(Track* track, const Frame& frame, Payload packet, int64_t time);
  GstFlowReturn push_buffer(Track* track, BufferRef buffer);
  void fill_gaps(const Track& active, int64_t time);
  /** @param alone the track that has come so far, once it has media */
  void tell_all_pads(const Track* alone = nullptr);
  bool finish(GstFlowReturn flow);
  /** False: there is no pad. */
  bool push_eos();
  void tell_empty(const std::string& server_code);

  GstElement* const element_;
  const PlayerOptions options_;
  std::shared_ptr<LiveStream> stream_;

  PlayQueue queue_;

  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> records_left_out_{0};

  /** Whoever gives to the pads: the streaming task, or the I/O thread. */
  std::mutex giving_;
  // Guarded by giving_
  bool over_ = false;
  std::array<Track, tracks> tracks_;
  GstFlowCombiner* combiner_;
  guint group_;
  Segments segments_;
  bool all_pads_told_ = false;
  TrackNews news_;
  int nonsense_ = 0;         // video messages in a row that are no pictures
  int unknown_number_ = -1;  // of the last picture in an unknown codec
  bool doubtful_ = false;    // the present message has such a picture, which may be noise
};

}  // namespace rxgst::rtmp
