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

// Rows of libyuv's SIMD end at most one vector behind the picture; 64 is AVX-512's.
constexpr size_t alignment_bytes = 64;

}  // namespace

/**
 * Free lists by size, for all environments of the process: streams of one size share them. The free memory is limited
 * too, so that an ended 4K capture does not hold its memory for ever.
 */
class Pool {
 public:
  uint8_t* take(size_t size, FrameAccount* account) {
    {
      std::lock_guard lock(mutex_);
      if (!may_take(size, account)) return nullptr;
      count(size, account);
      // Creates no entry here: a peer may send pictures of ever new sizes.
      const auto list = free_.find(size);
      if (list != free_.end() && !list->second.empty()) {
        uint8_t* data = list->second.back();
        list->second.pop_back();
        pooled_ -= size;
        return data;
      }
    }
    const size_t padded = (size + alignment_bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
    auto* data = static_cast<uint8_t*>(std::aligned_alloc(alignment_bytes, padded));
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
      if (pooled_ + size <= max_pooled_bytes) {
        free_[size].push_back(data);
        pooled_ += size;
        return;
      }
      // The free memory of other sizes goes first: the present streams matter most.
      for (auto& [other, list] : free_) {
        if (other == size) continue;
        for (uint8_t* old : list) std::free(old);
        pooled_ -= other * list.size();
        list.clear();
      }
      std::erase_if(free_, [](const auto& item) { return item.second.empty(); });
      if (pooled_ + size <= max_pooled_bytes) {
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
    account->asked_at_us_ = INT64_MIN / 2;
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
   * The limit of the process stands above all. Below it, no capture takes the memory that keeps the others alive. A
   * capture that holds nothing gets a picture while any memory is left. The first half of the memory goes to the first
   * that ask, within each account's limit. Of the whole, all captures that hold memory, or asked for some lately, have
   * equal shares; a capture above its share gets no more before some of its own memory is back.
   */
  bool may_take(size_t size, FrameAccount* account) {
    const bool below = held_ + size <= limit_;
    // Pictures that are written and pushed also take memory elsewhere.
    if (!account) return held_ + size <= limit_ / 2;
    const size_t after = account->held_ + size;
    const bool own = after <= account->most || account->held_ == 0;
    account->asked_at_us_ = now_us();
    const bool shared =
        account->held_ == 0 || held_ + size <= limit_ / 2 || after <= limit_ / sharers(account->asked_at_us_);
    if (own && below && shared) return true;
    account->at_ceiling_ = own;
    return false;
  }
  size_t sharers(int64_t now) const {
    return static_cast<size_t>(std::count_if(accounts_.begin(), accounts_.end(), [now](const FrameAccount* one) {
      return one->held_ > 0 || now - one->asked_at_us_ < recent_us;
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

  // A stream of one picture a second still counts.
  static constexpr int64_t recent_us = 2'000'000;
  std::unordered_set<FrameAccount*> accounts_;
  // 64 MiB: ten 1080p RGB pictures, the default buffer of one stream.
  static constexpr size_t max_pooled_bytes = size_t{64} << 20;
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

/**
 * Up to this size memory is freshly allocated. The fresh pages of a picture would fault one by one, every time, so a
 * picture gets memory of the pool.
 */
constexpr size_t small_bytes = 64 << 10;

struct Lease {
  std::shared_ptr<PooledFrame> memory;  // shared with its readers; null after it was given back
  uint32_t id;
};

/** The leases of this environment by number; only its JS thread touches them. */
struct Leases {
  std::unordered_map<uint32_t, Lease*> live;
  /** By address: leases whose memory JS can see, also after a move to another ArrayBuffer. */
  std::unordered_map<const uint8_t*, Lease*> seen;
  uint32_t next = 1;

  /** Memory that came back from another thread may be lent twice: the later lease stays. */
  void forget(const Lease& lease) {
    const auto found = seen.find(lease.memory->data());
    if (found != seen.end() && found->second == &lease) seen.erase(found);
  }
};

/** Not deleted with the environment: at its end finalizers of ArrayBuffers still come, in no fixed order. */
void keep(Napi::Env, Leases*) {}

Leases& leases(Napi::Env env) {
  // Each environment has one instance of the addon: node-addon-api keeps this data and deletes it with the environment.
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
      account_(std::move(other.account_)),
      captions_(std::move(other.captions_)) {}

PooledFrame& PooledFrame::operator=(PooledFrame&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(account_, other.account_);
  std::swap(captions_, other.captions_);
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

/** read(): { held } in bytes, and whether the limit of the process caused the last refusal. */
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
  return lend(env, std::make_shared<PooledFrame>(std::move(memory)), id);
}

std::shared_ptr<PooledFrame> leased(Napi::Env env, uint32_t lease) {
  const auto& live = leases(env).live;
  const auto found = live.find(lease);
  return found == live.end() ? nullptr : found->second->memory;
}

Napi::ArrayBuffer lend(Napi::Env env, std::shared_ptr<PooledFrame> memory, uint32_t* id) {
  Leases& all = leases(env);
  while (all.next == 0 || all.live.count(all.next)) ++all.next;
  auto lease = std::make_unique<Lease>(std::move(memory), all.next++);
  uint8_t* const bytes = lease->memory->data();
  auto buffer = Napi::ArrayBuffer::New(
      env, bytes, lease->memory->size(),
      [](Napi::Env env, void*, Lease* lease) {
        // Collected, perhaps long after its lease ended; only in the first case it is still in the tables.
        auto* data = env.GetInstanceData<Leases>();
        if (data && lease->memory) {
          data->forget(*lease);
          data->live.erase(lease->id);
        }
        delete lease;
      },
      lease.get());
  *id = lease->id;
  all.seen[bytes] = lease.get();
  all.live[*id] = lease.release();  // the ArrayBuffer's finalizer owns it
  return buffer;
}

Napi::Value end_lease(const Napi::CallbackInfo& info) {
  Leases& all = leases(info.Env());
  auto found = all.live.find(info[0].ToNumber().Uint32Value());
  if (found == all.live.end()) return info.Env().Undefined();
  auto buffer = info[1].As<Napi::ArrayBuffer>();
  // First no view may reach the bytes, then the pool may lend them again. Bytes that the program moved away stay
  // visible.
  const bool moved = buffer.IsDetached();
  if (!moved) buffer.Detach();
  Lease* lease = found->second;
  all.live.erase(found);
  if (moved) return info.Env().Undefined();
  all.forget(*lease);
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
  Handed handed{.data = nullptr, .size = array.ByteLength(), .captions = nullptr};
  if (handed.size == 0 || !data) return {};
  const auto& seen = leases(env).seen;
  const auto lent = seen.find(static_cast<const uint8_t*>(data));
  if (lent != seen.end() && lent->second->memory->size() == handed.size) {
    handed.data = {lent->second->memory, lent->second->memory->data()};
    handed.lent = true;
    handed.captions = lent->second->memory->captions();
    return handed;
  }
  auto memory = std::make_shared<PooledFrame>();
  if (handed.size > small_bytes) *memory = PooledFrame::take(handed.size);
  if (*memory)
    handed.data = {memory, memory->data()};
  else
    handed.data = {static_cast<uint8_t*>(g_malloc(handed.size)), g_free};
  std::memcpy(handed.data.get(), data, handed.size);
  return handed;
}

Napi::Value frame_captions(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto memory = leased(env, info[0].ToNumber().Uint32Value());
  if (!memory || !memory->captions()) return env.Null();
  const captions::CcData& data = *memory->captions();
  auto result = Napi::Uint8Array::New(env, data.size());
  std::copy(data.begin(), data.end(), result.Data());
  return result;
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
