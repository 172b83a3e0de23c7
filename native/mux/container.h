// A container file: bytes that are appended, each piece of which is whole, so that a file that ends after any of them
// plays to its end.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "mux/bytes.h"
#include "mux/packet.h"

namespace rxgst::mux {

/** Bytes in place of others that were written before. */
struct Patch {
  uint64_t at;
  std::vector<uint8_t> bytes;
};

class Container {
 public:
  virtual ~Container() = default;
  /**
   * A packet; those of one track come in the order of their decoding times, which begin near 0. What is whole by now
   * goes to `out`.
   */
  virtual void add(Packet packet, Bytes& out) = 0;
  /** False: there is no place for it in this kind of file. */
  virtual bool takes(const Packet&) const { return true; }
  /** Everything that has come, whole; the file may end here. */
  virtual void flush(Bytes& out) = 0;
  /** What a file has at its end; `patches` is for the bytes before it. */
  virtual void finish(Bytes& out, std::vector<Patch>& patches) = 0;
};

/** How much of the stream a file may lack at its end when its writer is killed. */
constexpr int64_t longest_piece_ns = 500'000'000;

/** Fragmented MP4 (ISO/IEC 14496-12). `out` gets what stands before the first packet. */
std::unique_ptr<Container> mp4(const Formats& formats, Bytes& out);
/** What goes on when the tracks of a transport stream change. */
struct StreamCounters {
  uint32_t programs = 0, map = 0, video = 0, audio = 0;
  /** Of the map: the number of changes. */
  uint32_t version = 0;
  int64_t clock_ns = INT64_MIN;
};

/**
 * MPEG transport stream (ISO/IEC 13818-1) of H.264 or HEVC, and AAC; other tracks are left out.
 * @param counters of the stream that it goes on with; null: it begins
 */
std::unique_ptr<Container> transport_stream(const Formats& formats, Bytes& out,
                                            std::shared_ptr<StreamCounters> counters = nullptr);

}  // namespace rxgst::mux
