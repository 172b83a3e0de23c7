#include "tap/share/ring.h"

#include <glib.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>
#include <string_view>

#include "tap/share/shared_name.h"

namespace rxgst::share {
namespace {

constexpr size_t page_bytes = 4096;
/** Rows of libyuv's SIMD end at most so far behind the picture. */
constexpr size_t spare_bytes = 64;

constexpr std::string_view format_names[] = {"RGB", "RGBA", "BGRA", "GRAY8", "I420", "NV12", "I420_10", "P010", "BGR"};

/** Of other processes, too. */
void tell(RingHeader& header) {
  header.news.fetch_add(1, std::memory_order_release);
  syscall(SYS_futex, &header.news, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void describe(RingHeader& header, const RingKind& kind) {
  const std::string_view name = format_names[static_cast<size_t>(kind.format)];
  std::copy(name.begin(), name.end(), header.format);
  const GstVideoInfo info = tight_info(kind.format, kind.width, kind.height);
  header.width = static_cast<uint32_t>(kind.width);
  header.height = static_cast<uint32_t>(kind.height);
  header.pixel_n = static_cast<uint32_t>(kind.pixel.n);
  header.pixel_d = static_cast<uint32_t>(kind.pixel.d);
  header.planes = GST_VIDEO_INFO_N_PLANES(&info);
  header.picture_bytes = info.size;
  for (uint32_t i = 0; i < std::min<uint32_t>(header.planes, 3); ++i) {
    header.strides[i] = static_cast<uint32_t>(info.stride[i]);
    header.offsets[i] = info.offset[i];
  }
  header.matrix = kind.matrix;
  header.range = kind.range;
}

}  // namespace

void set_state(RingHeader& header, RingState state) {
  header.state.store(static_cast<uint32_t>(state), std::memory_order_release);
  tell(header);
}

int Ring::make(const RingKind& kind, uint32_t slots, uint32_t generation, std::shared_ptr<Ring>* made,
               Descriptor* segment) {
  const size_t picture = slots == 0 ? 0 : picture_bytes(kind.format, kind.width, kind.height);
  const size_t slot = (slot_header_bytes + picture + spare_bytes + page_bytes - 1) / page_bytes * page_bytes;
  const size_t bytes = header_bytes + slots * slot;
  if (const int error = new_segment(bytes, segment); error != 0) return error;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, segment->get(), 0);
  if (memory == MAP_FAILED) return errno;
  made->reset(new Ring(memory, bytes, std::max<uint32_t>(slots, 1), slot));
  auto& header = *new (memory) RingHeader{};
  std::memcpy(header.magic, magic, sizeof magic);
  header.version = layout_version;
  header.slots = slots;
  header.slot_bytes = slot;
  header.slots_at = header_bytes;
  header.pixels_at = slot_header_bytes;
  header.generation = generation;
  header.writer = static_cast<uint32_t>(getpid());
  if (slots > 0) describe(header, kind);
  return 0;
}

Ring::~Ring() { munmap(memory_, bytes_); }

uint8_t* Ring::slot(uint64_t number) {
  return static_cast<uint8_t*>(memory_) + header_bytes + number % slots_ * slot_bytes_;
}

uint8_t* Ring::begin(uint64_t number) {
  uint8_t* const at = slot(number);
  auto& slot = *static_cast<SlotHeader*>(static_cast<void*>(at));
  slot.lock.store(2 * number - 1, std::memory_order_relaxed);
  // No byte of the picture is written before.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return at + slot_header_bytes;
}

void Ring::publish(uint64_t number, const Times& times) {
  auto& to = *static_cast<SlotHeader*>(static_cast<void*>(slot(number)));
  to.number = number;
  to.timestamp_us = times.timestamp_us;
  to.duration_us = times.duration_us;
  to.arrival_us = times.arrival_us;
  to.written_us = g_get_monotonic_time();
  to.discontinuity = times.discontinuity;
  to.lock.store(2 * number, std::memory_order_release);
  header().newest.store(number, std::memory_order_release);
  tell(header());
}

}  // namespace rxgst::share
