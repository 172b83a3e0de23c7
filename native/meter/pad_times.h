// Notes when each buffer passed a pad, for benches that measure the parts of a picture's way.
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
  /** Twelve seconds of 30 pictures a second at twenty places; more notes count as lost. */
  static constexpr size_t most = 3 * 20 * 30 * 12;

  void note(double place, double key, int64_t at);

  std::mutex mutex;
  // Guarded by mutex:
  std::vector<double> notes;  // triples: place, key, µs of CLOCK_MONOTONIC
  size_t lost = 0;
  bool closed = false;
  std::shared_ptr<AcceptedTimes> accepted;
};

/** Without a PadTimes object no pad has a probe, and nothing is noted. */
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
