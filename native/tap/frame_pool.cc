#include "tap/frame_pool.h"

#include <glib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "js/js.h"

namespace rxgst {
namespace {

// Rows of libyuv's SIMD end at most one vector past the picture; 64 is AVX-512's.
constexpr size_t alignment = 64;

}  // namespace

/**
 * Free lists by size, for all environments of the process: streams of one size share them. What is free is bounded too,
 * so that a capture of 4K that ended does not hold its memory for ever.
 */
class Pool {
 public:
  uint8_t* take(size_t size, FrameAccount* account) {
    {
      std::lock_guard lock(mutex_);
      if (!may_take(size, account)) return nullptr;
      count(size, account);
      // No entry is made here: a peer may send pictures of ever new sizes.
      const auto list = free_.find(size);
      if (list != free_.end() && !list->second.empty()) {
        uint8_t* data = list->second.back();
        list->second.pop_back();
        pooled_ -= size;
        return data;
      }
    }
    const size_t padded = (size + alignment + alignment - 1) / alignment * alignment;
    auto* data = static_cast<uint8_t*>(std::aligned_alloc(alignment, padded));
    if (!data) {
      std::lock_guard lock(mutex_);
      uncount(size, account);
    }
    return data;
  }

  void give(uint8_t* data, size_t size, FrameAccount* account) {
    {
      std::lock_guard lock(mutex_);
      uncount(size, account);
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
      std::erase_if(free_, [](const auto& item) { return item.second.empty(); });
      if (pooled_ + size <= pooled_limit) {
        free_[size].push_back(data);
        pooled_ += size;
        return;
      }
    }
    std::free(data);
  }

  void open(FrameAccount* account) {
    std::lock_guard lock(mutex_);
    accounts_.insert(account);
  }
  void leave(FrameAccount* account) {
    std::lock_guard lock(mutex_);
    account->asked_ = INT64_MIN / 2;
  }
  void close(FrameAccount* account) {
    std::lock_guard lock(mutex_);
    accounts_.erase(account);
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
  void read(const FrameAccount& account, size_t* held, bool* at_ceiling) {
    std::lock_guard lock(mutex_);
    *held = account.held_;
    *at_ceiling = account.at_ceiling_;
  }

 private:
  /**
   * The ceiling of the process stands above all. Below it, one capture never takes what keeps the others alive: who
   * holds nothing gets a picture as long as there is any; the first half of it all is whose it is first, as far as each
   * account goes; of the whole, each of those who hold something, or lately asked for it, has an equal share. Who has
   * more than that gets no more before some of his own is back.
   */
  bool may_take(size_t size, FrameAccount* account) {
    const bool below = held_ + size <= limit_;
    // What is written and pushed has other memory, too.
    if (!account) return held_ + size <= limit_ / 2;
    const size_t after = account->held_ + size;
    const bool own = after <= account->most || account->held_ == 0;
    account->asked_ = now_us();
    const bool shared = account->held_ == 0 || held_ + size <= limit_ / 2 || after <= limit_ / sharers(account->asked_);
    if (own && below && shared) return true;
    account->at_ceiling_ = own;
    return false;
  }
  size_t sharers(int64_t now) const {
    return static_cast<size_t>(std::count_if(accounts_.begin(), accounts_.end(), [now](const FrameAccount* one) {
      return one->held_ > 0 || now - one->asked_ < lately_us;
    }));
  }
  void count(size_t size, FrameAccount* account) {
    held_ += size;
    if (account) account->held_ += size;
  }
  void uncount(size_t size, FrameAccount* account) {
    held_ -= size;
    if (account) account->held_ -= size;
  }

  // A stream of one picture a second is one that lives.
  static constexpr int64_t lately_us = 2'000'000;
  std::unordered_set<FrameAccount*> accounts_;
  // 64 MiB: ten 1080p RGB pictures, a default buffer of one stream.
  static constexpr size_t pooled_limit = size_t{64} << 20;
  std::mutex mutex_;
  std::unordered_map<size_t, std::vector<uint8_t*>> free_;
  size_t held_ = 0;
  size_t pooled_ = 0;
  size_t limit_ = size_t{512} << 20;
};

namespace {

// Never destroyed: streaming threads may give memory back while the process exits.
Pool& pool() {
  static Pool& instance = *new Pool();
  return instance;
}

/** Up to here memory is fresh; a picture's fresh pages would be faulted in, one by one, every time: it gets the pool's.
 */
constexpr size_t small = 64 << 10;

struct Lease {
  std::shared_ptr<PooledFrame> memory;  // with those that read it; null once given back
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

FrameAccount::FrameAccount(size_t most) : most(most) { pool().open(this); }

FrameAccount::~FrameAccount() { pool().close(this); }

void FrameAccount::leave() { pool().leave(this); }

PooledFrame::PooledFrame(PooledFrame&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      account_(std::move(other.account_)) {}

PooledFrame& PooledFrame::operator=(PooledFrame&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(account_, other.account_);
  return *this;
}

PooledFrame::~PooledFrame() {
  if (data_) pool().give(data_, size_, account_.get());
}

PooledFrame PooledFrame::take(size_t size, std::shared_ptr<FrameAccount> account) {
  PooledFrame memory;
  memory.data_ = pool().take(size, account.get());
  if (!memory.data_) return memory;
  memory.size_ = size;
  memory.account_ = std::move(account);
  return memory;
}

Napi::Function FrameAccountHandle::define(Napi::Env env) {
  return DefineClass(env, "FrameAccount", {InstanceMethod("read", &FrameAccountHandle::read)});
}

/** new FrameAccount(bytes) */
FrameAccountHandle::FrameAccountHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FrameAccountHandle>(info) {
  account_ = std::make_shared<FrameAccount>(static_cast<size_t>(info[0].ToNumber().DoubleValue()));
}

/** read(): { held } in bytes, and whether the last refusal was the process's. */
Napi::Value FrameAccountHandle::read(const Napi::CallbackInfo& info) {
  size_t held = 0;
  bool at_ceiling = false;
  pool().read(*account_, &held, &at_ceiling);
  auto result = Napi::Object::New(info.Env());
  result["held"] = static_cast<double>(held);
  result["atCeiling"] = Napi::Boolean::New(info.Env(), at_ceiling);
  return result;
}

Napi::ArrayBuffer lend(Napi::Env env, PooledFrame memory, uint32_t* id) {
  Leases& all = leases(env);
  while (all.next == 0 || all.live.count(all.next)) ++all.next;
  auto lease = std::make_unique<Lease>(std::make_shared<PooledFrame>(std::move(memory)), all.next++);
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
  if (napi_get_typedarray_info(env, array, &type, &length, &data, nullptr, nullptr) != napi_ok)
    throw Napi::Error::New(env);
  Handed handed{nullptr, array.ByteLength()};
  if (handed.size == 0 || !data) return {};
  const auto& seen = leases(env).seen;
  const auto lent = seen.find(static_cast<const uint8_t*>(data));
  if (lent != seen.end() && lent->second->memory->size() == handed.size) {
    handed.data = {lent->second->memory, lent->second->memory->data()};
    handed.lent = true;
    return handed;
  }
  auto memory = std::make_shared<PooledFrame>();
  if (handed.size > small) *memory = PooledFrame::take(handed.size);
  if (*memory)
    handed.data = {memory, memory->data()};
  else
    handed.data = {static_cast<uint8_t*>(g_malloc(handed.size)), g_free};
  std::memcpy(handed.data.get(), data, handed.size);
  return handed;
}

Napi::Value frame_pool_stats(const Napi::CallbackInfo& info) {
  size_t held = 0, pooled = 0, limit = 0;
  pool().read(&held, &pooled, &limit);
  auto result = Napi::Object::New(info.Env());
  result["held"] = static_cast<double>(held);
  result["pooled"] = static_cast<double>(pooled);
  result["limit"] = static_cast<double>(limit);
  result["leases"] = static_cast<double>(leases(info.Env()).live.size());
  return result;
}

Napi::Value set_frame_pool_limit(const Napi::CallbackInfo& info) {
  pool().set_limit(static_cast<size_t>(info[0].ToNumber().DoubleValue()));
  return info.Env().Undefined();
}

}  // namespace rxgst
