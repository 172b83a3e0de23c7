// Cuts a stream into segments, each a container file that begins at a keyframe. The writer's thread alone.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mux/container.h"
#include "mux/packet_order.h"
#include "record/segment_file.h"

namespace rxgst::record {

enum class Kind : uint32_t { mp4, flv, ts };

struct SegmentOptions {
  std::string folder;
  /** Of the files, relative to the folder: strftime's fields stand for UTC. */
  std::string pattern;
  Kind kind = Kind::mp4;
  int64_t longest_ns = 0;
};

/** A segment, as it begins or as it is whole. */
struct Segment {
  std::string file;
  int64_t begin_ms = 0;     // Unix time
  int64_t duration_ms = 0;  // of its pictures; of its sound, where it has none
  uint64_t bytes = 0;
};

struct SegmentEvents {
  std::function<void(const Segment&)> on_open;
  std::function<void(const Segment&)> on_finish;
  /** It had nothing to play, and is gone. */
  std::function<void(const Segment&)> on_remove;
};

class SegmentWriter {
 public:
  SegmentWriter(SegmentOptions options, SegmentEvents events)
      : options_(std::move(options)), events_(std::move(events)) {}

  /** An error is an errno; the segment has ended then, whole as far as it was written. */
  int add(mux::Packet packet);
  /** Writes what waits for nothing but more of the stream: nothing has come for a while. */
  int rest();
  /** Ends the segment. */
  int finish();

  uint64_t bytes() const { return bytes_ + present_bytes(); }
  /** Of the segment that is being written. */
  uint64_t present_bytes() const { return is_open_ ? file_.bytes() : 0; }
  /** Packets that no segment has: they come before a keyframe, or the disk did not take them. */
  uint64_t lost() const { return lost_; }

 private:
  int take(mux::Packet packet);
  void note(const mux::Packet& packet);
  bool fits(const mux::Packet& packet) const;
  bool is_long(const mux::Packet& packet) const;
  void begin(const mux::Packet& packet);
  int open();
  int64_t unix_of(const mux::Packet& packet);
  int end();
  int write();
  void leave();
  int fail(int error);
  bool begins(const mux::Packet& packet) const;
  Segment segment() const;
  std::unique_ptr<mux::Container> make(mux::Bytes& out) const;

  const SegmentOptions options_;
  const SegmentEvents events_;
  mux::PacketOrder order_;
  mux::Formats known_;    // the newest of the source
  mux::Formats formats_;  // of the segment
  uint32_t source_ = 0;
  bool cut_ = false;        // the segment takes no more packets
  int64_t newest_ns_[2]{};  // of sound and pictures of the source
  bool seen_[2]{};
  int64_t last_picture_ns_ = 0;  // or the beginning of the source, before its first one
  int64_t zero_ms_ = 0;          // Unix time of the source's running time 0
  bool ever_ = false;            // there has been a segment

  SegmentFile file_;
  std::unique_ptr<mux::Container> container_;  // null: there is no segment
  bool is_open_ = false;                       // its file
  mux::Bytes out_;
  uint64_t header_bytes_ = 0;
  int64_t begin_ms_ = 0;
  int64_t base_ns_ = 0;
  int64_t end_ns_ = 0;
  int64_t step_ns_ = 0;
  int64_t written_ns_ = 0;
  uint64_t bytes_ = 0;
  uint64_t lost_ = 0;
  uint64_t unwritten_ = 0;
};

}  // namespace rxgst::record
