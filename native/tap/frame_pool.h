// The memory of frames: pooled, limited, and lent to JS as external ArrayBuffers; and bytes that JS hands to other
// threads.
#pragma once
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "captions/pending.h"

namespace rxgst {

/**
 * The account of one capture, over all its connections. Memory that it holds counts until it is given back, even long
 * after the capture has ended.
 */
class FrameAccount {
 public:
  /** @param most bytes that it may hold, queued and lent together */
  explicit FrameAccount(size_t most);
  ~FrameAccount();
  /** A connection is over, and takes nothing more. Memory that the account holds still counts. */
  void leave();
  FrameAccount(const FrameAccount&) = delete;
  FrameAccount& operator=(const FrameAccount&) = delete;
  const size_t most;

 private:
  friend class Pool;
  // Guarded by the pool.
  size_t held_ = 0;
  int64_t asked_at_us_ = INT64_MIN / 2;  // when it last asked for memory
  bool at_ceiling_ = false;              // the limit of the process caused its last refusal
};

/** The bytes of one picture from the pool; the destructor gives them back. Any thread. */
class PooledFrame {
 public:
  PooledFrame() = default;
  PooledFrame(PooledFrame&& other) noexcept;
  PooledFrame& operator=(PooledFrame&& other) noexcept;
  ~PooledFrame();

  /**
   * Empty if the account, or all frames together, would exceed a limit. Without an account it counts for the process
   * only.
   */
  static PooledFrame take(size_t size, std::shared_ptr<FrameAccount> account = nullptr);

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }
  /** Those that go with the picture; null: none. Set before it is lent. */
  const captions::SharedCaptions& captions() const { return captions_; }
  void set_captions(captions::SharedCaptions captions) { captions_ = std::move(captions); }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  std::shared_ptr<FrameAccount> account_;
  captions::SharedCaptions captions_;
};

/** The FrameAccount that JavaScript holds, and passes to the taps of each connection. */
class FrameAccountHandle : public Napi::ObjectWrap<FrameAccountHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit FrameAccountHandle(const Napi::CallbackInfo& info);
  std::shared_ptr<FrameAccount> account() const { return account_; }

 private:
  Napi::Value read(const Napi::CallbackInfo& info);

  std::shared_ptr<FrameAccount> account_;
};

/** Lends the memory to JS. `lease` becomes the number with which `end_lease` gives it back. JS thread. */
Napi::ArrayBuffer lend(Napi::Env env, PooledFrame memory, uint32_t* lease);
/** Memory that others hold, too. */
Napi::ArrayBuffer lend(Napi::Env env, std::shared_ptr<PooledFrame> memory, uint32_t* lease);
/** The memory of a lease of this environment; null: it has ended. JS thread. */
std::shared_ptr<PooledFrame> leased(Napi::Env env, uint32_t lease);

/** Bytes that JS cannot move, shrink or free while another thread reads them. */
struct Handed {
  std::shared_ptr<uint8_t> data;  // null: no bytes
  size_t size = 0;
  bool lent = false;                  // JS sees the bytes too, and may draw into them
  captions::SharedCaptions captions;  // of a lent picture
};

/**
 * The bytes of a typed array, for another thread. A lent picture is held as it is, even if its frame is closed
 * meanwhile. All other memory is copied: JS may transfer, detach or shrink it at any moment, and Node-API cannot hold
 * it.
 */
Handed hand_over(Napi::Env env, const Napi::TypedArray& array);

/**
 * endLease(lease, arrayBuffer): the memory returns to the pool at once, and every view on it is empty. If the program
 * moved it out of that ArrayBuffer (transfer()), it returns when the garbage collector takes the new owner. Idempotent.
 */
Napi::Value end_lease(const Napi::CallbackInfo& info);
/** frameCaptions(lease): the captions that go with a frame, cc_data of A/53; null: none. */
Napi::Value frame_captions(const Napi::CallbackInfo& info);
/** framePool(): { held, pooled, limit } in bytes, and the number of leases. */
Napi::Value frame_pool_stats(const Napi::CallbackInfo& info);
/** setFramePoolLimit(bytes) */
Napi::Value set_frame_pool_limit(const Napi::CallbackInfo& info);

}  // namespace rxgst
