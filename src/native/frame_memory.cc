#include "frame_memory.h"

#include <glib.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rxgst {
namespace {

// Rows of libyuv's SIMD end at most one vector past the picture; 64 is AVX-512's.
constexpr size_t alignment = 64;

/**
 * Free lists by size, for all environments of the process: streams of one size share them. What is free is bounded too,
 * so that a capture of 4K that ended does not hold its memory for ever.
 */
class Pool {
 public:
  uint8_t* take(size_t size) {
    {
      std::lock_guard lock(mutex_);
      if (held_ + size > limit_) return nullptr;
      held_ += size;
      auto& list = free_[size];
      if (!list.empty()) {
        uint8_t* data = list.back();
        list.pop_back();
        pooled_ -= size;
        return data;
      }
    }
    const size_t padded = (size + alignment + alignment - 1) / alignment * alignment;
    auto* data = static_cast<uint8_t*>(std::aligned_alloc(alignment, padded));
    if (!data) {
      std::lock_guard lock(mutex_);
      held_ -= size;
    }
    return data;
  }

  void give(uint8_t* data, size_t size) {
    {
      std::lock_guard lock(mutex_);
      held_ -= size;
      if (pooled_ + size <= pooled_limit) {
        free_[size].push_back(data);
        pooled_ += size;
        return;
      }
      // Full of other sizes: those go first, the streams of today are the ones that matter.
      for (auto& [other, list] : free_) {
        if (other == size) continue;
        for (uint8_t* old : list) std::free(old);
        pooled_ -= other * list.size();
        list.clear();
      }
      if (pooled_ + size <= pooled_limit) {
        free_[size].push_back(data);
        pooled_ += size;
        return;
      }
    }
    std::free(data);
  }

  void set_limit(size_t limit) {
    std::lock_guard lock(mutex_);
    limit_ = limit;
  }
  void read(size_t* held, size_t* pooled, size_t* limit) {
    std::lock_guard lock(mutex_);
    *held = held_;
    *pooled = pooled_;
    *limit = limit_;
  }

 private:
  // 64 MiB: ten 1080p RGB pictures, a default buffer of one stream.
  static constexpr size_t pooled_limit = size_t{64} << 20;
  std::mutex mutex_;
  std::unordered_map<size_t, std::vector<uint8_t*>> free_;
  size_t held_ = 0;
  size_t pooled_ = 0;
  size_t limit_ = size_t{512} << 20;
};

// Never destroyed: streaming threads may give memory back while the process exits.
Pool& pool() {
  static Pool& instance = *new Pool();
  return instance;
}

/** Up to here memory is fresh; a picture's fresh pages would be faulted in, one by one, every time: it gets the pool's. */
constexpr size_t small = 64 << 10;

struct Lease {
  std::shared_ptr<FrameMemory> memory;  // with those that read it; null once given back
  uint32_t id;
};

/** Leases of this environment by number; only its JS thread touches them. */
struct Leases {
  std::unordered_map<uint32_t, Lease*> live;
  /** By address: those whose memory JS can see, also where it was moved to another ArrayBuffer. */
  std::unordered_map<const uint8_t*, Lease*> seen;
  uint32_t next = 1;
};

/** Not deleted with the environment: at its end finalizers of ArrayBuffers still come, in no promised order. */
void keep(Napi::Env, Leases*) {}

Leases& leases(Napi::Env env) {
  // One addon instance per environment: node-addon-api keeps it and deletes it with the environment.
  auto* data = env.GetInstanceData<Leases>();
  if (!data) {
    data = new Leases();
    env.SetInstanceData<Leases, keep>(data);
  }
  return *data;
}

}  // namespace

FrameMemory::FrameMemory(FrameMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

FrameMemory& FrameMemory::operator=(FrameMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

FrameMemory::~FrameMemory() {
  if (data_) pool().give(data_, size_);
}

FrameMemory FrameMemory::take(size_t size) {
  FrameMemory memory;
  memory.data_ = pool().take(size);
  if (memory.data_) memory.size_ = size;
  return memory;
}

Napi::ArrayBuffer lend(Napi::Env env, FrameMemory memory, uint32_t* id) {
  Leases& all = leases(env);
  while (all.next == 0 || all.live.count(all.next)) ++all.next;
  auto lease = std::make_unique<Lease>(std::make_shared<FrameMemory>(std::move(memory)), all.next++);
  uint8_t* const bytes = lease->memory->data();
  auto buffer = Napi::ArrayBuffer::New(
      env, bytes, lease->memory->size(),
      [](Napi::Env env, void*, Lease* lease) {
        // Collected, or long after its lease ended; only the first still stands in the tables.
        auto* data = env.GetInstanceData<Leases>();
        if (data && lease->memory) {
          data->seen.erase(lease->memory->data());
          data->live.erase(lease->id);
        }
        delete lease;
      },
      lease.get());
  *id = lease->id;
  all.seen[bytes] = lease.get();
  all.live[*id] = lease.release();  // the ArrayBuffer's finalizer has it
  return buffer;
}

Napi::Value end_lease(const Napi::CallbackInfo& info) {
  Leases& all = leases(info.Env());
  auto found = all.live.find(info[0].ToNumber().Uint32Value());
  if (found == all.live.end()) return info.Env().Undefined();
  auto buffer = info[1].As<Napi::ArrayBuffer>();
  // First no view may reach the bytes, then the pool may lend them again. What the program moved away, it still sees.
  const bool moved = buffer.IsDetached();
  if (!moved) buffer.Detach();
  Lease* lease = found->second;
  all.live.erase(found);
  if (moved) return info.Env().Undefined();
  all.seen.erase(lease->memory->data());
  lease->memory.reset();
  return info.Env().Undefined();
}

Handed hand_over(Napi::Env env, const Napi::TypedArray& array) {
  napi_typedarray_type type{};
  void* data = nullptr;
  size_t length = 0;
  // Not by its ArrayBuffer, which may be a SharedArrayBuffer.
  if (napi_get_typedarray_info(env, array, &type, &length, &data, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
  Handed handed{nullptr, array.ByteLength()};
  if (handed.size == 0 || !data) return {};
  const auto& seen = leases(env).seen;
  const auto lent = seen.find(static_cast<const uint8_t*>(data));
  if (lent != seen.end() && lent->second->memory->size() == handed.size) {
    handed.data = {lent->second->memory, lent->second->memory->data()};
    handed.lent = true;
    return handed;
  }
  auto memory = std::make_shared<FrameMemory>();
  if (handed.size > small) *memory = FrameMemory::take(handed.size);
  if (*memory) handed.data = {memory, memory->data()};
  else handed.data = {static_cast<uint8_t*>(g_malloc(handed.size)), g_free};
  std::memcpy(handed.data.get(), data, handed.size);
  return handed;
}

Napi::Value frame_memory_stats(const Napi::CallbackInfo& info) {
  size_t held = 0, pooled = 0, limit = 0;
  pool().read(&held, &pooled, &limit);
  auto result = Napi::Object::New(info.Env());
  result["held"] = static_cast<double>(held);
  result["pooled"] = static_cast<double>(pooled);
  result["limit"] = static_cast<double>(limit);
  result["leases"] = static_cast<double>(leases(info.Env()).live.size());
  return result;
}

Napi::Value set_frame_memory_limit(const Napi::CallbackInfo& info) {
  pool().set_limit(static_cast<size_t>(info[0].ToNumber().DoubleValue()));
  return info.Env().Undefined();
}

}  // namespace rxgst
