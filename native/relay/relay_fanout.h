// Targets of a relay that are no servers of RTMP: recordings, and peers that take a transport stream.
#pragma once
#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "mux/packet_listener.h"
#include "output/stream/stream_target.h"
#include "relay/tag_packets.h"
#include "rtmp/relay/packet_relay.h"
#include "rtmp/relay/passing_listener.h"

namespace rxgst::relay {

class RelayFanoutState final : public rtmp::PassingListener {
 public:
  void on_begin(const rtmp::StreamRecords& records) override;
  void on_passing(const rtmp::Passing& passing) override;
  bool has_viewers() override;

  void add(uint32_t id, mux::ListenerRef listener, std::shared_ptr<StreamTarget> stream = nullptr);
  /** As `Fanout::remove` of an output: how many packets are lost. */
  size_t remove(uint32_t id, bool end);
  std::shared_ptr<StreamTarget> stream(uint32_t id);
  void close();

 private:
  struct Target {
    mux::ListenerRef listener;
    /** Null: it is a recording. */
    std::shared_ptr<StreamTarget> stream;
  };
  std::mutex mutex_;
  // Guarded by mutex_:
  TagPackets packets_;
  std::map<uint32_t, Target> targets_;
};

/** What JavaScript calls of it: a part of what it calls of an output's fan-out. */
class RelayFanout : public Napi::ObjectWrap<RelayFanout> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit RelayFanout(const Napi::CallbackInfo& info);
  ~RelayFanout() override { end(); }

 private:
  Napi::Value add_stream(const Napi::CallbackInfo& info);
  Napi::Value listen(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void end();

  std::shared_ptr<rtmp::PacketRelay> relay_;
  const std::shared_ptr<RelayFanoutState> state_ = std::make_shared<RelayFanoutState>();
  uint32_t next_id_ = 1;
};

}  // namespace rxgst::relay
