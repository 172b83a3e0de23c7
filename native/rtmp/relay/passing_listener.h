// Whoever gets what the targets of a relay get, and is no server of RTMP.
#pragma once
#include "rtmp/relay/passing.h"
#include "rtmp/relay/stream_records.h"

namespace rxgst::rtmp {

/** Called with the relay's lock: nothing here may wait, or call the relay. */
class PassingListener {
 public:
  virtual ~PassingListener() = default;
  /** From here on a stream passes that has these metadata and configurations. */
  virtual void on_begin(const StreamRecords& records) = 0;
  /** The I/O thread. */
  virtual void on_passing(const Passing& passing) = 0;
  /** Whether somebody watches, so that an input stays on air for `holdBack`. */
  virtual bool has_viewers() = 0;
};

}  // namespace rxgst::rtmp
