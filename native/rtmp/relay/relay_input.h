// One connection of a relay to a server that it plays from.
#pragma once
#include <memory>

#include "rtmp/relay/kept_group.h"
#include "rtmp/relay/passing.h"
#include "rtmp/relay/stream_facts.h"
#include "rtmp/relay/stream_records.h"

namespace rxgst::rtmp {

class LiveStream;

/** Counters since the connection began. */
struct InputCounters {
  /** Of pictures and sound. */
  uint64_t packets = 0, bytes = 0;
  uint64_t pictures = 0, keyframes = 0;
  /** When the last came; 0: none has. */
  int64_t last_picture_us = 0, last_sound_us = 0;
};

/** What is known of what comes. Guarded by the relay. */
class RelayInput {
 public:
  /** @param rank 0: it is preferred to all others */
  explicit RelayInput(uint32_t rank) : rank_(rank) {}

  void set_stream(std::shared_ptr<LiveStream> stream) { stream_ = std::move(stream); }
  const std::shared_ptr<LiveStream>& stream() const { return stream_; }
  uint32_t rank() const { return rank_; }

  /** Notes what a viewer must have first, counts, and says whether a stream can begin with this message. */
  bool note(const MediaMessage& message, const Seen& seen, int64_t now_us);
  /**
   * Another publisher.
   * @param gone it is still to come: what the last one said of its stream does not hold any more
   */
  void begin_anew(bool gone);
  /** Since when the stream has something to begin with, and comes without a break, in µs. 0: not yet. */
  int64_t ready_since_us() const { return ready_since_us_; }
  /** Nothing has come for so long that it is lost, to whoever has another input. */
  bool is_silent(int64_t now_us) const { return last_us_ != 0 && now_us > silent_at_us(); }
  /** When that will be so, if nothing comes. */
  int64_t silent_at_us() const;
  /** It is not silent, and what comes is of now: what its network held back while it was silent has been read. */
  bool is_present(int64_t now_us) const;
  KeptGroup& kept() { return kept_; }

  const StreamRecords& records() const { return records_; }
  const StreamFacts& facts() const { return facts_; }
  const InputCounters& counters() const { return counters_; }

 private:
  bool lacks_pictures(int64_t now_us) const;
  void note_backlog(int64_t source_us, int64_t now_us);

  const uint32_t rank_;
  std::shared_ptr<LiveStream> stream_;
  StreamRecords records_;
  StreamFacts facts_;
  KeptGroup kept_;
  InputCounters counters_;
  int64_t first_us_ = 0, ready_since_us_ = 0;
  /** Of the present publisher. */
  int64_t last_picture_us_ = 0, last_us_ = 0;
  /** Whether what waited for the end of a silence still comes, and a packet by which that is measured. */
  struct {
    bool comes = false;
    int64_t at_us = 0, source_us = 0;
  } backlog_;
  /** The longest of late between two packets. */
  int64_t usual_gap_us_ = 0;
};

}  // namespace rxgst::rtmp
