// The shared memory of a share, as readers in other processes see it. docs/pictures.md tells of it: within a version no
// place changes its meaning.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace rxgst::share {

inline constexpr char magic[8] = {'R', 'X', 'G', 'S', 'T', 'S', 'H', 'M'};
inline constexpr uint32_t layout_version = 1;

enum class RingState : uint32_t {
  present = 0,
  /** Pictures of another size or shape follow in another segment, which has the name now. */
  replaced = 1,
  /** No further picture follows. */
  ended = 2,
};

/** At the begin of a segment. What is not atomic stays as it is. All numbers are little-endian. */
struct RingHeader {
  char magic[8];
  uint32_t version;
  std::atomic<uint32_t> state;
  /** Number of the newest whole picture, which is in slot `newest` % `slots`; 0: none. */
  std::atomic<uint64_t> newest;
  /** Changes with each picture and each state: a futex, for readers who wait. */
  std::atomic<uint32_t> news;
  /** 0: no picture has come, so the size is unknown. */
  uint32_t slots;
  /** From the begin of one slot to that of the next. */
  uint64_t slot_bytes;
  /** Where the first slot begins. */
  uint64_t slots_at;
  /** Where in a slot its pixels begin. */
  uint32_t pixels_at;
  uint32_t generation;
  char format[8];
  uint32_t width, height;
  /** Shape of a pixel, width : height. */
  uint32_t pixel_n, pixel_d;
  uint32_t planes;
  /** Process id of the writer. */
  uint32_t writer;
  uint64_t picture_bytes;
  /** Bytes of a row of each plane, and where the plane begins in the pixels. */
  uint32_t strides[3];
  /** Of YUV, by the numbers of GStreamer's GstVideoColorMatrix and GstVideoColorRange; 0: RGB or grey. */
  uint32_t matrix;
  uint64_t offsets[3];
  uint32_t range;
};

/** At the begin of a slot. */
struct SlotHeader {
  /** Odd while the slot is written. The same even number before and after reading: the picture was whole meanwhile. */
  std::atomic<uint64_t> lock;
  uint64_t number;
  int64_t timestamp_us;
  int64_t duration_us;
  /** When the picture came, and when it was written here: CLOCK_MONOTONIC. */
  int64_t arrival_us;
  int64_t written_us;
  /** 1: timestamps begin anew, or another connection does. */
  uint32_t discontinuity;
};

inline constexpr uint32_t header_bytes = 4096;
inline constexpr uint32_t slot_header_bytes = 64;

static_assert(std::atomic<uint64_t>::is_always_lock_free && std::atomic<uint32_t>::is_always_lock_free);
static_assert(offsetof(RingHeader, newest) == 16 && offsetof(RingHeader, slot_bytes) == 32);
static_assert(offsetof(RingHeader, format) == 56 && offsetof(RingHeader, picture_bytes) == 88);
static_assert(offsetof(RingHeader, offsets) == 112 && offsetof(RingHeader, range) == 136);
static_assert(offsetof(SlotHeader, discontinuity) == 48 && sizeof(SlotHeader) <= slot_header_bytes);

}  // namespace rxgst::share
