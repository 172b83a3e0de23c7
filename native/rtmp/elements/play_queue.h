// What a player's session brought, and its pads have not had.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "rtmp/io/failure.h"
#include "rtmp/protocol/events.h"

namespace rxgst::rtmp {

/** Bounded, with what was taken off it and is not through. Any thread. */
class PlayQueue {
 public:
  /** Who is on the way to PLAYING gets what came before an error first; a longer pause is meant. */
  static constexpr int64_t longest_way_us = 1'000'000;

  struct Over {
    std::optional<Failure> failure;
    /** By the program, or its error was posted already. */
    bool told = false;
  };
  struct Item {
    std::optional<Event> event;
    std::optional<Over> over;
    /** Of memory, until it is through. */
    size_t bytes = 0;
  };

  /** @return whether there is room for more */
  bool put(Item item);
  /** Nothing waits, and nothing need wait. */
  bool passes();
  /** Media are taken only while it plays. */
  void set_playing(bool playing);
  /** In place of what waits. */
  void put_last(Item item);
  /** Nothing is taken or waited for any more: for good, or until it is stopped. */
  void flush();
  void close();

  /** Waits for something to do. False: it was flushed. */
  bool wait(std::deque<Item>* taken, std::optional<Failure>* failure);
  /** Without waiting; nothing while it does not play. */
  std::deque<Item> take();
  /**
   * Why there will be no more, if nobody takes what waits before it: at once in a pause, after `longest_way_us` where
   * it has not played yet; else nothing.
   */
  std::optional<Failure> take_failure();
  /** @return whether there is room again */
  bool note_through(size_t bytes);

 private:
  std::optional<Failure> failure_of_last();
  bool error_waits() const;
  bool ends_next() const { return !items_.empty() && items_.front().over; }

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_
  std::deque<Item> items_;
  size_t bytes_ = 0, count_ = 0;
  int64_t over_us_ = 0;
  bool full_ = false, playing_ = false, played_ = false, flushing_ = false, closed_ = false;
};

}  // namespace rxgst::rtmp
