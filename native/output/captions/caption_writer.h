// Puts the captions of written pictures into the packets that show these pictures.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "captions/pending.h"
#include "gst/picture_times.h"
#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {

/** Captions by the running time (ns) of the picture that they go with. The pacer's thread notes, encoders' threads
 * read. */
class NotedCaptions {
 public:
  void note(int64_t at, captions::SharedCaptions captions) {
    notes_.note(at, captions);
    some_ = true;
  }
  /** Null: none. */
  captions::SharedCaptions of(int64_t at) const {
    return some_ ? notes_.of(at).value_or(nullptr) : captions::SharedCaptions();
  }
  /** Whether there has ever been one. */
  bool some() const { return some_; }
  /** Triples that a packet had no room for; any thread. */
  uint64_t cut() const { return cut_.load(std::memory_order_relaxed); }
  void count_cut(size_t triples) { cut_.fetch_add(triples, std::memory_order_relaxed); }

 private:
  PictureNotes<captions::SharedCaptions, 256> notes_;
  std::atomic<bool> some_{false};
  std::atomic<uint64_t> cut_{0};
};

/** The slots of an output, of which an encoder gets each that `every` divides. */
struct SlotRate {
  int fps_n = 30;
  int fps_d = 1;
  int64_t every = 1;
};

/**
 * From now on the packets that enter this pad get the captions of their pictures, and of the slots before that their
 * encoder does not get. A picture has room for 31 triples that hold something.
 */
PadProbe write_captions(ObjectRef<GstPad> pad, std::shared_ptr<NotedCaptions> noted, SlotRate rate);

}  // namespace rxgst
