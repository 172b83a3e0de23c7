// Feeds the segments of a playlist into an appsrc, and puts a new demuxer in place where they begin anew.
#pragma once
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "capture/inputs/demuxer_place.h"
#include "capture/timeline.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "js/js.h"

namespace rxgst {

/** What is done before the demuxer gets a segment. */
struct SegmentStart {
  /** Factory of a new demuxer; empty: the present one goes on. */
  std::string demuxer;
  /** Whether the timestamps begin anew. */
  bool renews = false;
  /** From which time (ns) the demuxer counts; none: as before. */
  std::optional<int64_t> base;
};

/**
 * JavaScript downloads segments, and hands each over as a whole; it bounds what waits. The appsrc asks for the next one
 * when it has none (need-data), in its streaming thread, and gets it at once, or when it comes. So nothing of it waits
 * in the appsrc, and a pipeline that does not run yet takes nothing.
 */
class SegmentFeedState {
 public:
  explicit SegmentFeedState(DemuxerPlace place) : place_(std::move(place)) {}

  std::shared_ptr<TimelineState> timeline;
  /** Tracks whose timestamps come through this feed. */
  bool has_video = true;
  bool has_audio = true;
  std::shared_ptr<Wakeup> wakeup;

  /** JS thread. */
  void push(BufferRef segment, SegmentStart start);
  void end();
  /** Streaming thread: the appsrc has nothing. */
  void on_need(GstAppSrc* source);
  /** Streaming thread: a segment leaves the appsrc. */
  void on_segment(GstPad* pad);

  struct Levels {
    size_t segments = 0;  // that wait
    size_t bytes = 0;
    uint64_t begun = 0;   // that the demuxer has got
    uint64_t passed = 0;  // that have left it again
    bool over = false;    // all have, and no other follows
  };
  Levels levels();
  /** JS thread: from now on the appsrc gets nothing. */
  void close();
  void attach(ObjectRef<GstAppSrc> source);

 private:
  struct Waiting {
    BufferRef buffer;
    SegmentStart start;
  };

  /** Gives the appsrc the next segment, or the end, where it is hungry and there is one. Under the lock. */
  void serve();

  std::mutex mutex_;
  // Guarded by mutex_:
  ObjectRef<GstAppSrc> source_;  // null once closed
  std::deque<Waiting> waiting_;
  std::deque<SegmentStart> passing_;  // in the appsrc
  size_t bytes_ = 0;
  uint64_t begun_ = 0;
  bool hungry_ = false;
  uint64_t passed_ = 0;
  bool ended_ = false;
  bool over_ = false;

  // Streaming thread only:
  DemuxerPlace place_;
};

/** The SegmentFeed that JavaScript holds. */
class SegmentFeed : public Napi::ObjectWrap<SegmentFeed> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SegmentFeed(const Napi::CallbackInfo& info);
  ~SegmentFeed() override { close_now(); }

 private:
  Napi::Value push(const Napi::CallbackInfo& info);
  Napi::Value end(const Napi::CallbackInfo& info);
  Napi::Value levels(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<SegmentFeedState> state_;
  PadProbe probe_;
};

}  // namespace rxgst
