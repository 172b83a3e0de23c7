// The bound of what waits between the network and the depayloaders of RTP.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace rxgst {

/** The WaitingPayloads that JavaScript holds. */
class WaitingPayloads : public Napi::ObjectWrap<WaitingPayloads> {
 public:
  struct State {
    size_t most = 0;  // bytes of each track
    std::atomic<uint64_t> dropped{0};
    /** Bytes; signed, since a packet may leave before its arrival is counted. */
    std::atomic<int64_t> waiting{0};
  };

  static Napi::Function define(Napi::Env env);
  explicit WaitingPayloads(const Napi::CallbackInfo& info);

 private:
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value waiting(const Napi::CallbackInfo& info);

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace rxgst
