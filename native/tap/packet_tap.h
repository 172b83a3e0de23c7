// appsink → encoded packets.
#pragma once
#include <gst/app/gstappsink.h>
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "gst/refs.h"
#include "js/changes.h"
#include "tap/sink_feed.h"

namespace rxgst {

/** A packet that waits for JS: GStreamer's own buffer, so that it is copied once, into JS's memory. */
struct EncodedPacket {
  BufferRef buffer;
  std::shared_ptr<const std::string> caps;
  int64_t pts;  // ns of running time; INT64_MIN: none
  int64_t dts;
};

class PacketTapState : public SampleReader {
 public:
  void on_sample(GstSample* sample) override;
  void on_end() override;
  void close();

  std::shared_ptr<Wakeup> wakeup;
  // Options, set once before data flows.
  size_t capacity = 0;
  bool block = false;

  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  std::deque<EncodedPacket> queue;
  size_t queued_bytes = 0;
  bool ended = false;
  bool closed = false;
  uint64_t received = 0;
  uint64_t dropped = 0;
  std::string wrong_caps;  // what came instead of packets

 private:
  bool full() const;

  // Streaming thread only.
  CapsRef caps_;
  std::shared_ptr<const std::string> text_;
};

class PacketTap : public Napi::ObjectWrap<PacketTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PacketTap(const Napi::CallbackInfo& info);
  ~PacketTap() override;

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<PacketTapState> state_;
  FeedPlace place_;
};

}  // namespace rxgst
