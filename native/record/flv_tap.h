// Encoded packets as a live stream of FLV, for JavaScript.
#pragma once
#include <napi.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "js/js.h"
#include "mux/container.h"
#include "mux/packet_listener.h"

namespace rxgst::record {

/** Bytes of whole tags. */
struct FlvPiece {
  mux::Bytes bytes;
  /** The header of the file and the configurations: what follows is another stream, which begins with a keyframe. */
  bool start = false;
  /** A player may begin here, behind a start. */
  bool keyframe = false;
};

/**
 * Tags are made in the streaming thread that brings the packet. What JavaScript does not take in time is lost up to the
 * next keyframe.
 */
class FlvTapState : public mux::PacketListener {
 public:
  explicit FlvTapState(size_t most_bytes) : most_bytes_(most_bytes) {}
  void on_packet(const mux::Packet& packet) override;
  void on_end() override;
  bool is_full() override { return false; }
  bool sets_pace() const override { return false; }

  std::deque<FlvPiece> take();
  /** Packets that a full queue lost. */
  uint64_t dropped();
  bool over();
  void close();

  std::shared_ptr<Wakeup> wakeup;

 private:
  void note(const mux::Packet& packet);
  void keep(const mux::Packet& packet);
  void forget_early();
  /** Returns whether the stream has begun. */
  bool begin(const mux::Packet& packet);
  void open();
  void put(mux::Packet packet);

  const size_t most_bytes_;
  std::mutex mutex_;
  // Guarded by mutex_:
  mux::Formats known_;                         // the newest of the source
  mux::Formats formats_;                       // of the present stream
  std::unique_ptr<mux::Container> container_;  // null: the next keyframe begins one
  std::vector<mux::Packet> early_;             // from a keyframe on, until both formats are known
  size_t early_bytes_ = 0;
  uint32_t source_ = 0;
  bool some_ = false;  // a packet of the source has come
  int64_t first_sound_ns_ = 0;
  int64_t last_ns_[2]{};  // of sound and pictures
  int64_t base_ns_ = 0;
  std::deque<FlvPiece> pieces_;
  size_t queued_bytes_ = 0;
  uint64_t dropped_ = 0;
  bool skipping_ = false;
  bool over_ = false;
};

class FlvTap : public Napi::ObjectWrap<FlvTap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit FlvTap(const Napi::CallbackInfo& info);
  ~FlvTap() override;

 private:
  Napi::Value listener(const Napi::CallbackInfo& info);
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value dropped(const Napi::CallbackInfo& info);
  Napi::Value over(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<FlvTapState> state_;
};

}  // namespace rxgst::record
