// A writer and a reader of one ring, both as fast as they can. Compiled and run by ring.test.ts.
#include "tap/share/ring.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

using namespace rxgst;
using namespace rxgst::share;

/** A reader of the same user may write into the memory: pictures keep their places. */
static bool keeps_places() {
  std::shared_ptr<Ring> ring;
  Descriptor segment;
  RingKind kind;
  kind.width = 300;
  kind.height = 200;
  if (Ring::make(kind, 3, 1, &ring, &segment) != 0) return false;
  uint8_t* places[3];
  for (uint64_t number = 3; number < 6; ++number) places[number % 3] = ring->begin(number);
  RingHeader& header = ring->header();
  header.slots = 0;
  header.slot_bytes = header.slots_at = header.picture_bytes = UINT64_MAX / 2;
  for (uint64_t number = 6; number < 12; ++number) {
    if (ring->begin(number) != places[number % 3]) return false;
    ring->publish(number, {1, 1, 1, false});
  }
  return true;
}

int main() {
  if (!keeps_places()) return std::printf("a reader moves the writer\n"), 1;
  std::shared_ptr<Ring> ring;
  Descriptor segment;
  RingKind kind;
  kind.width = 300;
  kind.height = 200;
  if (Ring::make(kind, 2, 1, &ring, &segment) != 0) return std::printf("no shared memory\n"), 1;
  RingHeader& header = ring->header();
  const size_t bytes = header.picture_bytes;
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (uint64_t number = 1; !over; ++number) {
      uint8_t* const at = ring->begin(number);
      std::memset(at, static_cast<int>(number % 251), bytes);
      ring->publish(number, {static_cast<int64_t>(number), 1, 1, false});
    }
  });
  uint64_t whole = 0, torn = 0, wrong = 0, last = 0, back = 0;
  std::vector<uint8_t> copy(bytes);
  const auto* const begin = reinterpret_cast<const uint8_t*>(&header);
  const int64_t until_us = g_get_monotonic_time() + 3 * G_USEC_PER_SEC;
  while (g_get_monotonic_time() < until_us || whole < 100 || torn < 100) {
    if (g_get_monotonic_time() > until_us + 60 * G_USEC_PER_SEC) break;
    const uint64_t newest = header.newest.load(std::memory_order_acquire);
    if (newest == 0) continue;
    const uint8_t* const at = begin + header.slots_at + newest % header.slots * header.slot_bytes;
    const auto& slot = *reinterpret_cast<const SlotHeader*>(at);
    const uint64_t lock = slot.lock.load(std::memory_order_acquire);
    const uint64_t number = slot.number;
    std::memcpy(copy.data(), at + header.pixels_at, bytes);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (lock % 2 == 1 || slot.lock.load(std::memory_order_relaxed) != lock) {
      ++torn;
      continue;
    }
    ++whole;
    back += number < last;
    last = number;
    for (const uint8_t byte : copy) wrong += byte != number % 251;
  }
  over = true;
  writer.join();
  if (wrong != 0 || back != 0 || whole < 100 || torn < 100) {
    std::printf("%llu whole, %llu torn, %llu wrong bytes, %llu older\n", static_cast<unsigned long long>(whole),
                static_cast<unsigned long long>(torn), static_cast<unsigned long long>(wrong),
                static_cast<unsigned long long>(back));
    return 1;
  }
  std::printf("ring: all well\n");
  return 0;
}
