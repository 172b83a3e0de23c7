// One connection of a relay to a server that it publishes to.
#pragma once
#include <memory>
#include <optional>

#include "rtmp/io/live_stream.h"
#include "rtmp/relay/passing.h"
#include "rtmp/relay/send_window.h"
#include "rtmp/relay/stream_records.h"

namespace rxgst::rtmp {

/** Counters since the connection began. */
struct TargetCounters {
  uint64_t packets = 0, bytes = 0, dropped = 0;
  /** The connection's own time of the last packet. */
  int64_t position_ms = 0;
  int64_t queue_ms = 0;
};

/**
 * Joins the stream at a keyframe, behind metadata and records. What the network does not take waits in the session, at
 * most 2 s and 32 MiB of it; beyond that packets are dropped, pictures up to the next keyframe. Guarded by the relay.
 */
class RelayTarget {
 public:
  void set_stream(std::shared_ptr<LiveStream> stream) { stream_ = std::move(stream); }
  const std::shared_ptr<LiveStream>& stream() const { return stream_; }

  /** The server has accepted the publication. */
  void accept() { accepted_ = true; }
  /** The connection is over. */
  void refuse() { accepted_ = false; }
  void take(const Passing& passing, const StreamRecords& records);
  /** The records of another input, before its keyframe. */
  void renew(const StreamRecords& records, int64_t time_ms);
  bool joined() const { return joined_; }
  TargetCounters counters();

 private:
  int64_t queue_ms();
  bool is_full();
  void send(const Passing& passing);
  void send_records(const StreamRecords& records, int64_t time_ms);
  void drop(bool video);

  std::shared_ptr<LiveStream> stream_;
  SendWindow window_;
  TargetCounters counters_;
  /** Program time that is 0 on this connection. */
  int64_t base_ms_ = 0;
  bool accepted_ = false, joined_ = false, flowing_ = false;
  /** Records were among what a full queue did not take. */
  bool missed_records_ = false;
};

}  // namespace rxgst::rtmp
