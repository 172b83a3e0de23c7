#include "tap/moved_frames.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "js/js.h"
#include "tap/frame_pool.h"

namespace rxgst {
namespace {

struct Moved {
  std::shared_ptr<PooledFrame> memory;
  int64_t since_us = 0;
};

/** Those of the process. The numbers grow, so the first is the oldest. */
class MovedFrames {
 public:
  uint64_t add(std::shared_ptr<PooledFrame> memory) {
    Moved gone;  // returns after the lock is released
    std::lock_guard lock(mutex_);
    if (all_.size() >= most) gone = take_first();
    all_[++last_] = {std::move(memory), now_us()};
    return last_;
  }
  std::shared_ptr<PooledFrame> take(uint64_t number) {
    std::lock_guard lock(mutex_);
    const auto found = all_.find(number);
    if (found == all_.end()) return nullptr;
    auto memory = std::move(found->second.memory);
    all_.erase(found);
    return memory;
  }
  size_t drop_older_than(int64_t us) {
    const int64_t before = now_us() - us;
    std::lock_guard lock(mutex_);
    while (!all_.empty() && all_.begin()->second.since_us <= before) take_first();
    return all_.size();
  }

 private:
  Moved take_first() {
    Moved first = std::move(all_.begin()->second);
    all_.erase(all_.begin());
    return first;
  }

  static constexpr size_t most = 256;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<uint64_t, Moved> all_;
  uint64_t last_ = 0;
};

// Never destroyed: threads may end while the process exits.
MovedFrames& moved_frames() {
  static MovedFrames& instance = *new MovedFrames();
  return instance;
}

}  // namespace

Napi::Value move_frame(const Napi::CallbackInfo& info) {
  auto memory = leased(info.Env(), info[0].ToNumber().Uint32Value());
  const uint64_t number = memory ? moved_frames().add(std::move(memory)) : 0;
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

Napi::Value take_frame(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto memory = moved_frames().take(static_cast<uint64_t>(info[0].ToNumber().Int64Value()));
  if (!memory) return env.Null();
  uint32_t lease = 0;
  auto result = Napi::Object::New(env);
  result["buffer"] = lend(env, std::move(memory), &lease);
  result["lease"] = lease;
  return result;
}

Napi::Value drop_moved(const Napi::CallbackInfo& info) {
  const auto us = static_cast<int64_t>(info[0].ToNumber().DoubleValue() * 1000);
  return Napi::Number::New(info.Env(), static_cast<double>(moved_frames().drop_older_than(us)));
}

}  // namespace rxgst
