// Memory of pictures: pooled, bounded, lent to JS as external ArrayBuffers; and what JS hands over to other threads.
#pragma once
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace rxgst {

/**
 * Whose pictures they are: one capture's, over all of its connections. What it holds counts until it is given back,
 * also when the capture is long over.
 */
class FrameAccount {
 public:
  /** @param most bytes that it may hold, waiting and lent together */
  explicit FrameAccount(size_t most);
  ~FrameAccount();
  /** A connection is over, and takes nothing more. What the account holds still counts. */
  void leave();
  FrameAccount(const FrameAccount&) = delete;
  FrameAccount& operator=(const FrameAccount&) = delete;
  const size_t most;

 private:
  friend class Pool;
  // Guarded by the pool.
  size_t held_ = 0;
  int64_t asked_ = INT64_MIN / 2;  // when it last wanted some, µs
  bool at_ceiling_ = false;        // what it was last refused was refused for all frames of the process
};

/** One picture's bytes, taken from the pool; given back when destroyed. Any thread. */
class PooledFrame {
 public:
  PooledFrame() = default;
  PooledFrame(PooledFrame&& other) noexcept;
  PooledFrame& operator=(PooledFrame&& other) noexcept;
  ~PooledFrame();

  /** Empty when the account, or all frames alive together, would pass their limit. Without an account: nobody's. */
  static PooledFrame take(size_t size, std::shared_ptr<FrameAccount> account = nullptr);

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<FrameAccount> account_;
};

/** What JS holds of an account, and hands to the taps of each connection. */
class FrameAccountHandle : public Napi::ObjectWrap<FrameAccountHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit FrameAccountHandle(const Napi::CallbackInfo& info);
  std::shared_ptr<FrameAccount> account() const { return account_; }

 private:
  Napi::Value read(const Napi::CallbackInfo& info);

  std::shared_ptr<FrameAccount> account_;
};

/** Lends the memory to JS. `lease` is set to the number with which `end_lease` gives it back. JS thread. */
Napi::ArrayBuffer lend(Napi::Env env, PooledFrame memory, uint32_t* lease);

/** Bytes that nothing JS does can move, shrink or free while another thread reads them. */
struct Handed {
  std::shared_ptr<uint8_t> data;  // null: none
  size_t size = 0;
  bool lent = false;  // JS sees them, too, and may draw into them
};

/**
 * The bytes of a typed array, for another thread. A lent picture is held as it is, even if its frame is closed
 * meanwhile. Anything else is copied: JS may transfer, detach or shrink its memory at any moment, and Node-API has no
 * way to hold it.
 */
Handed hand_over(Napi::Env env, const Napi::TypedArray& array);

/**
 * endLease(lease, arrayBuffer): the memory is the pool's again at once, every view on it is empty. Where the program
 * moved it out of that ArrayBuffer (transfer()), it is the pool's when the garbage collector takes what it was moved
 * into. Idempotent.
 */
Napi::Value end_lease(const Napi::CallbackInfo& info);
/** framePool(): { held, pooled, limit } in bytes, and the number of leases. */
Napi::Value frame_pool_stats(const Napi::CallbackInfo& info);
/** setFramePoolLimit(bytes) */
Napi::Value set_frame_pool_limit(const Napi::CallbackInfo& info);

}  // namespace rxgst
