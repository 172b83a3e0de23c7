// Memory of pictures: pooled, bounded, lent to JS as external ArrayBuffers.
#pragma once
#include <napi.h>

#include <cstddef>
#include <cstdint>

namespace rxgst {

/** One picture's bytes, taken from the pool; given back when destroyed. Any thread. */
class FrameMemory {
 public:
  FrameMemory() = default;
  FrameMemory(FrameMemory&& other) noexcept;
  FrameMemory& operator=(FrameMemory&& other) noexcept;
  ~FrameMemory();

  /** Empty when all frames alive together would pass the limit. */
  static FrameMemory take(size_t size);

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

/** Lends the memory to JS. `lease` is set to the number with which `end_lease` gives it back. JS thread. */
Napi::ArrayBuffer lend(Napi::Env env, FrameMemory memory, uint32_t* lease);

/** endLease(lease, arrayBuffer): the memory is the pool's again at once, every view on it is empty. Idempotent. */
Napi::Value end_lease(const Napi::CallbackInfo& info);
/** frameMemory(): { held, pooled, limit } in bytes, and the number of leases. */
Napi::Value frame_memory_stats(const Napi::CallbackInfo& info);
/** setFrameMemoryLimit(bytes) */
Napi::Value set_frame_memory_limit(const Napi::CallbackInfo& info);

}  // namespace rxgst
