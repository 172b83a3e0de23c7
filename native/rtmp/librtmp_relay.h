// Stands between librtmp and a server: librtmp recurses through what it is sent, and its socket is known to nobody.
#pragma once
#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <gst/gst.h>

namespace rxgst {

/** Shared by the wrapper and the thread; the descriptors are the thread's, but for the wake. */
struct RelayState {
  RelayState();
  ~RelayState();
  RelayState(const RelayState&) = delete;
  RelayState& operator=(const RelayState&) = delete;

  std::string host;
  int port = 0;
  int timeout_ms = 0;
  int listener = -1;
  /** Woken when it is to end. */
  int wake = -1;
  std::atomic<bool> over{false};
  GWeakRef element;
};

/** What JS holds. */
class RtmpRelay : public Napi::ObjectWrap<RtmpRelay> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit RtmpRelay(const Napi::CallbackInfo& info);
  ~RtmpRelay() override;

 private:
  Napi::Value port(const Napi::CallbackInfo& info);
  Napi::Value watch(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void end();

  /** Null: closed. */
  std::shared_ptr<RelayState> state_;
  int port_ = 0;
};

}  // namespace rxgst
