// JS values → an appsrc: pushed by a worker, which waits where the queue is full.
#pragma once
#include <gst/app/gstappsrc.h>
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gst/refs.h"
#include "js/completions.h"
#include "js/js.h"
#include "js/names.h"
#include "js/strand.h"
#include "pixels/pixels.h"
#include "tap/frame_pool.h"

namespace rxgst {

/** How one push ended. */
enum class Pushed : uint32_t { ok = 0, stopped, ended, wrong_media, wrong_size, failed };
inline constexpr Names<Pushed, 6> pushed_names("ok", "stopped", "ended", "wrong-media", "wrong-size", "failed");

struct PushOutcome {
  Pushed result = Pushed::ok;
  std::string text;
};

/** One value on its way. Times in ns; INT64_MIN: none. */
struct Push {
  Completions<PushOutcome>::Ticket ticket;
  Handed bytes;
  std::string caps;  // empty: those that the appsrc has
  bool raw_bytes = false;
  int64_t pts = INT64_MIN;
  int64_t dts = INT64_MIN;
  int64_t duration = INT64_MIN;
  bool delta = false;
  bool header = false;
  // A picture of tight rows: GStreamer's own rows may be longer.
  std::optional<PixelFormat> format;
  int width = 0;
  int height = 0;
};

struct PushSourceState {
  ObjectRef<GstAppSrc> source;
  std::shared_ptr<Wakeup> wakeup;
  std::shared_ptr<Completions<PushOutcome>> completions;
  std::shared_ptr<Strand> strand = std::make_shared<Strand>();

  std::mutex mutex;
  // Guarded by mutex.
  uint64_t pushed = 0;
  bool untyped = false;  // set once: the graph says neither caps nor format
  std::atomic<bool> closed{false};

  void run(Push& push);

 private:
  Pushed prepare(Push& push, std::string* text);
  BufferRef buffer_of(Push& push);
  void time(Push& push);
  void become_bytes();
  void finish(const Push& push, Pushed result, std::string text);

  // The strand alone.
  bool first_ = true;
  CapsRef own_;            // those of the graph
  std::string last_caps_;  // as the last value brought them
  CapsRef current_;
  int64_t next_ = 0;  // pictures or samples so far, where their times follow from their number
};

class PushSource : public Napi::ObjectWrap<PushSource> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PushSource(const Napi::CallbackInfo& info);
  ~PushSource() override;

 private:
  Napi::Value push(const Napi::CallbackInfo& info);
  Napi::Value end(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_now();

  std::shared_ptr<PushSourceState> state_;
};

}  // namespace rxgst
