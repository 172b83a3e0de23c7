// Feeds any number of readers from one appsink.
#pragma once
#include <gst/app/gstappsink.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gst/refs.h"

namespace rxgst {

/** Reads from an appsink. Both functions are called in its streaming thread. */
class SampleReader {
 public:
  virtual ~SampleReader() = default;
  virtual void on_sample(GstSample* sample) = 0;
  virtual void on_end() = 0;
};

/** Takes every sample off an appsink, so that none piles up, and shows it to the readers. Lives as long as the sink. */
class SinkFeed {
 public:
  static std::shared_ptr<SinkFeed> of(GstAppSink* sink);
  /** A reader that comes after the end is told of the end at once, in the calling thread. */
  void add(std::shared_ptr<SampleReader> reader);
  void remove(const SampleReader* reader);

 private:
  void on_sample(GstAppSink* sink);
  void on_end();
  std::vector<std::shared_ptr<SampleReader>> readers();

  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::shared_ptr<SampleReader>> readers_;
  bool ended_ = false;
};

/** Takes the oldest items off a queue, `most` of them. */
template <class Item>
std::deque<Item> take_oldest(std::deque<Item>& queue, size_t most) {
  std::deque<Item> taken;
  for (; taken.size() < most && !queue.empty(); queue.pop_front()) taken.push_back(std::move(queue.front()));
  return taken;
}

/** The place of one reader at an appsink, until it leaves. JS thread. */
class FeedPlace {
 public:
  void take(ObjectRef<GstAppSink> sink, std::shared_ptr<SampleReader> reader);
  /** False: it has already left. */
  bool leave();

 private:
  ObjectRef<GstAppSink> sink_;
  std::shared_ptr<SinkFeed> feed_;
  std::shared_ptr<SampleReader> reader_;
};

}  // namespace rxgst
