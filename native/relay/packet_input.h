// An input of a relay that gets packets of a pipeline, and has no connection of its own.
#pragma once
#include <napi.h>

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "mux/packet_listener.h"
#include "relay/packet_tags.h"
#include "rtmp/relay/packet_relay.h"

namespace rxgst::relay {

/**
 * Between the streaming threads and the I/O thread is a queue. Where that thread is behind, as a file makes it that is
 * read as fast as the disk gives it, packets are lost: pictures up to the next keyframe.
 */
class PacketInputState final : public mux::PacketListener, public std::enable_shared_from_this<PacketInputState> {
 public:
  PacketInputState(std::shared_ptr<rtmp::PacketRelay> relay, uint32_t rank)
      : relay_(std::move(relay)), number_(relay_->add_input(rank)) {}

  void on_packet(const mux::Packet& packet) override;
  void on_end() override {}
  bool is_full() override;
  void close();
  uint32_t number() const { return number_; }
  uint64_t dropped();

 private:
  static constexpr size_t most_bytes = 32 << 20, most_messages = 4096;
  /** Of one turn of the I/O thread, so that nobody else waits long for his. */
  static constexpr size_t turn_messages = 256;

  // The I/O thread
  void hand_over();
  // With mutex_
  bool full() const { return bytes_ >= most_bytes || queue_.size() >= most_messages; }
  void post();

  const std::shared_ptr<rtmp::PacketRelay> relay_;
  const uint32_t number_;
  std::mutex mutex_;
  // Guarded by mutex_:
  PacketTags tags_;
  std::vector<rtmp::MediaMessage> made_;
  std::deque<rtmp::MediaMessage> queue_;
  size_t bytes_ = 0;
  uint64_t dropped_ = 0;
  bool posted_ = false, skipping_ = false, closed_ = false;
};

class PacketInput : public Napi::ObjectWrap<PacketInput> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PacketInput(const Napi::CallbackInfo& info);
  ~PacketInput() override { state_->close(); }

 private:
  Napi::Value number(const Napi::CallbackInfo& info);
  Napi::Value listener(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<PacketInputState> state_;
};

}  // namespace rxgst::relay
