// When each buffer passed a pad, one by one: what a bench takes a picture's way apart with.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "gst/probe.h"
#include "output/pacer_handle.h"

namespace rxgst {

/** Written by streaming threads, taken by JS. */
struct PadTimesState {
  /** Twelve seconds of 30 pictures at twenty places; what is more is counted as lost. */
  static constexpr size_t most = 3 * 20 * 30 * 12;

  void note(double place, double key, int64_t at);

  std::mutex mutex;
  // Guarded by mutex.
  std::vector<double> notes;  // place, key, µs of CLOCK_MONOTONIC; and again
  size_t lost = 0;
  bool closed = false;
  std::shared_ptr<AcceptedTimes> accepted;
};

/** No pad has a probe, and nothing is noted, unless somebody makes one. */
class PadTimes : public Napi::ObjectWrap<PadTimes> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PadTimes(const Napi::CallbackInfo& info);
  ~PadTimes() override;

 private:
  Napi::Value watch(const Napi::CallbackInfo& info);
  Napi::Value watch_pacer(const Napi::CallbackInfo& info);
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value lost(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<PadTimesState> state_ = std::make_shared<PadTimesState>();
  std::vector<PadProbe> probes_;
};

}  // namespace rxgst
