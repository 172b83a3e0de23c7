// The timeline of one connection: the zero that its pictures and its audio share.
#pragma once
#include <napi.h>

#include <gst/gst.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "capture/capture_clock.h"
#include "capture/packet_clock.h"

namespace rxgst {

/**
 * Converts running times of one connection to timestamps of the capture. The zero is the first picture, and earlier
 * audio is cut off; in a stream of audio alone it is the first sample. The CaptureClock, which lives across
 * connections, gives the zero its capture time. Any thread, unless a comment names one.
 */
class TimelineState : public std::enable_shared_from_this<TimelineState> {
 public:
  /** The running time (ns) of this connection's zero, and its capture time (µs). */
  struct Zero {
    int64_t running;
    int64_t capture;
  };

  explicit TimelineState(std::shared_ptr<CaptureClock> clock, bool placed_later = false)
      : placed_later(placed_later), clock_(std::move(clock)) {}
  /** Whether a TrackTimes at the entry of each track places its packets, and not its pad. */
  const bool placed_later;

  std::optional<Zero> zero() const {
    std::lock_guard lock(mutex_);
    return zero_;
  }
  /**
   * The first call sets the zero. `arrival` (µs, CLOCK_MONOTONIC): when its media came off the network. Returns the
   * zero that holds.
   */
  Zero establish(int64_t running, int64_t arrival) {
    std::lock_guard lock(mutex_);
    if (!zero_) zero_ = {running, clock_->begin(arrival)};
    return *zero_;
  }
  /** Sets the zero of a stream whose times are known, unless it is set. */
  void place(const Zero& zero) {
    std::lock_guard lock(mutex_);
    if (!zero_) zero_ = zero;
  }
  CaptureClock& clock() { return *clock_; }
  std::shared_ptr<CaptureClock> shared_clock() const { return clock_; }

  /** From now on the timestamps that leave this pad of a demuxer are continuous, whatever the publisher does. */
  void watch_packets(GstPad* pad, Track track);
  /** Streaming thread of the track: moves one packet to its place on the connection's continuous timeline. */
  void move_packet(Track track, GstPadProbeInfo* info);
  /** The timestamps of this track begin anew with its next packet, as the source says. Any thread. */
  void renew_packets(Track track) {
    std::lock_guard lock(placing_);
    packets_.renew(track);
  }
  /** What is added to the times of this track's demuxer, ns. Any thread. */
  void set_base(Track track, int64_t base) { bases_[static_cast<size_t>(track)] = base; }
  int64_t base(Track track) const { return bases_[static_cast<size_t>(track)]; }
  /** How often the timestamps began anew. */
  uint32_t jumps() const { return jumps_.load(); }

  bool picture_expected() const { return picture_expected_.load(); }
  void expect_picture() { picture_expected_ = true; }
  /** Pictures come, if at all, without being decoded: sound waits for none. */
  bool pictures_left_out() const { return pictures_left_out_.load(); }
  void leave_out_pictures() { pictures_left_out_ = true; }
  /** Whether the metadata announces audio; none: it has not come, or says nothing. */
  std::optional<bool> audio_announced() const {
    const int value = audio_announced_.load();
    return value < 0 ? std::nullopt : std::optional(value == 1);
  }
  void announce_audio(bool audio) { audio_announced_ = audio ? 1 : 0; }

  // Streaming thread of the demuxer only.
  /**
   * The timestamp (ns) of the message that is being demuxed, in 64 bits from the source; none: the source gave none.
   */
  GstClockTime message_time = GST_CLOCK_TIME_NONE;

 private:
  /** Tracks of RTP have a thread each. */
  std::mutex placing_;
  PacketClock packets_;

  const std::shared_ptr<CaptureClock> clock_;
  mutable std::mutex mutex_;
  std::optional<Zero> zero_;
  std::array<std::atomic<int64_t>, 2> bases_{};
  std::atomic<uint32_t> jumps_{0};
  std::atomic<bool> picture_expected_{false};
  std::atomic<bool> pictures_left_out_{false};
  std::atomic<int> audio_announced_{-1};
};

/** The Timeline that JavaScript holds, and passes to the taps of one connection. */
class Timeline : public Napi::ObjectWrap<Timeline> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Timeline(const Napi::CallbackInfo& info);
  std::shared_ptr<TimelineState> state() const { return state_; }

 private:
  Napi::Value watch_header(const Napi::CallbackInfo& info);
  Napi::Value audio_announced(const Napi::CallbackInfo& info);
  Napi::Value leave_out_pictures(const Napi::CallbackInfo& info);
  Napi::Value start_at(const Napi::CallbackInfo& info);

  std::shared_ptr<TimelineState> state_;
};

}  // namespace rxgst
