// Who gets the encoded packets of a stream, in native code alone.
#pragma once
#include <memory>

#include "mux/packet.h"

namespace rxgst::mux {

/** Called from any streaming thread, which never waits here. */
class PacketListener {
 public:
  virtual ~PacketListener() = default;
  virtual void on_packet(const Packet& packet) = 0;
  /** Nothing follows. */
  virtual void on_end() = 0;
  /** Whether a source that may wait should do so. */
  virtual bool is_full() = 0;
  /** False: it loses what it has no room for, and no source waits for it. */
  virtual bool sets_pace() const { return true; }
};

/** What JavaScript passes from the one to the other. */
using ListenerRef = std::shared_ptr<PacketListener>;

}  // namespace rxgst::mux
