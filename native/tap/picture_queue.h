// The queue of decoded pictures between a VideoTap's streaming thread and JavaScript: bounded, with a drop policy.
#pragma once
#include <gst/gst.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "h264/shape.h"
#include "js/names.h"
#include "pixels/pixels.h"
#include "tap/frame_pool.h"

namespace rxgst {

enum class DropPolicy : uint32_t { oldest = 0, newest = 1, block = 2 };
inline constexpr Names<DropPolicy, 3> drop_policies("oldest", "newest", "block");

struct Picture {
  PooledFrame memory;
  int width;
  int height;
  PixelAspect pixel;
  int64_t timestamp_us;
  int64_t duration_us;
  int64_t arrival_us;  // CLOCK_MONOTONIC
  uint64_t sequence;
  bool discontinuity;
  PixelFormat format;
  GstClockTime pts;    // the decoder's
  uint32_t color = 0;  // see tap/picture_color.h
};

class PictureQueue {
 public:
  /** A snapshot of the queue and its counters. */
  struct Stats {
    size_t queued = 0;
    size_t queued_bytes = 0;
    /** From the begin of the oldest picture to the end of the newest. */
    int64_t queued_time_us = 0;
    /** Pictures that found the queue full, or that gave their memory to a newer one. */
    uint64_t dropped_queue = 0;
    /** Those of `dropped_queue` that were dropped while no consumer took pictures: they are no loss. */
    uint64_t dropped_unwanted = 0;
    /** Pictures without memory, because JavaScript holds all of it. */
    uint64_t dropped_held = 0;
    /** The streaming thread waits for room now. */
    bool waiting = false;
    bool ended = false;
  };

  // Set once, before data flows.
  size_t capacity = 10;
  std::shared_ptr<FrameAccount> account;

  /**
   * Streaming thread, before a picture is converted: makes sure that the queue will take it, so that no picture is
   * converted in vain. 'block' waits here. False: the picture is dropped and counted, or the queue is closed.
   * A `discontinuity` is kept for the next picture where this one is lost.
   */
  bool admit(bool discontinuity);
  /**
   * Streaming thread: memory for one picture; empty and counted where there is none. 'oldest' drops queued pictures
   * until their memory suffices. 'block' waits for memory that JavaScript gives back, but not for ever.
   */
  PooledFrame allocate(size_t bytes);
  /** Streaming thread: queues a picture, with the discontinuity that was kept. False: the queue is closed. */
  bool push(Picture picture);

  /** JS thread: the oldest pictures, `most` of them; `left` is how many remain. */
  std::deque<Picture> take(size_t most, size_t* left);
  /** Blocks the JS thread until a picture is queued, the stream has ended, or the time is over. */
  bool wait_for_picture(int64_t timeout_us);
  /** 'block' may change to another policy while the streaming thread waits in it. */
  void set_policy(DropPolicy policy);
  /** Whether a consumer takes pictures. */
  void set_wanted(bool wanted);
  Stats stats();

  // Any thread.
  void end();
  void close();
  bool is_closed();

 private:
  Picture drop_oldest();
  void count_drop();
  void add_lost_captions(Picture& next);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  DropPolicy policy_ = DropPolicy::oldest;
  std::deque<Picture> pictures_;
  size_t bytes_ = 0;
  bool waiting_ = false;
  bool ended_ = false;
  bool closed_ = false;
  bool wanted_ = true;
  uint64_t dropped_queue_ = 0;
  uint64_t dropped_unwanted_ = 0;
  uint64_t dropped_held_ = 0;
  /** A picture with a discontinuity was lost: the next one shows it. */
  bool lost_discontinuity_ = false;
  /** Captions of pictures that were lost: the next one has them. */
  captions::SharedCaptions lost_captions_;
  /** The last wait for memory was in vain: 'block' does not wait again before there is memory. */
  bool impatient_ = false;
};

}  // namespace rxgst
