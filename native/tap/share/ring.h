// A ring of pictures in shared memory. Its one writer waits for nobody.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "h264/shape.h"
#include "js/descriptor.h"
#include "pixels/pixels.h"
#include "tap/share/ring_layout.h"

namespace rxgst::share {

/** What all pictures of a segment have in common. */
struct RingKind {
  PixelFormat format = PixelFormat::rgb;
  int width = 0;
  int height = 0;
  PixelAspect pixel;
  uint32_t matrix = 0;
  uint32_t range = 0;

  bool operator==(const RingKind& other) const {
    return format == other.format && width == other.width && height == other.height && pixel.n == other.pixel.n &&
           pixel.d == other.pixel.d && matrix == other.matrix && range == other.range;
  }
};

/** Any thread. */
void set_state(RingHeader& header, RingState state);

class Ring {
 public:
  /** A segment of the present process. `slots` 0: of no size yet. errno, or 0. */
  static int make(const RingKind& kind, uint32_t slots, uint32_t generation, std::shared_ptr<Ring>* made,
                  Descriptor* segment);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  struct Times {
    int64_t timestamp_us;
    int64_t duration_us;
    int64_t arrival_us;
    bool discontinuity;
  };

  // The writer's thread:
  /** Memory for the picture of this number: what was there is torn from now on. */
  uint8_t* begin(uint64_t number);
  /** It is whole, and the newest. */
  void publish(uint64_t number, const Times& times);

  RingHeader& header() { return *static_cast<RingHeader*>(memory_); }
  size_t bytes() const { return bytes_; }

 private:
  Ring(void* memory, size_t bytes, uint32_t slots, size_t slot_bytes)
      : memory_(memory), bytes_(bytes), slots_(slots), slot_bytes_(slot_bytes) {}
  uint8_t* slot(uint64_t number);

  void* const memory_;
  const size_t bytes_;
  // Never read from the memory: a reader of the same user may have written there.
  const uint32_t slots_;
  const size_t slot_bytes_;
};

}  // namespace rxgst::share
