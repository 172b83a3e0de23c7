// The captions of compressed pictures on their way around the decoder, found again by timestamp behind it.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "captions/pending.h"

namespace rxgst {

/** The demuxer's thread adds, the decoder's thread takes. */
class CarriedCaptions {
 public:
  void add(int64_t pts, captions::CcData data) {
    std::lock_guard lock(mutex_);
    waiting_.emplace_back(pts, std::move(data));
    if (waiting_.size() > most) waiting_.pop_front();
  }
  /** Those of this picture, and of pictures before it that the decoder did not get or did not give out. Null: none. */
  captions::SharedCaptions take_until(int64_t pts) {
    std::vector<Carried> taken;
    {
      std::lock_guard lock(mutex_);
      const auto later = [pts](const Carried& one) { return one.first > pts; };
      const auto rest = std::stable_partition(waiting_.begin(), waiting_.end(), later);
      std::move(rest, waiting_.end(), std::back_inserter(taken));
      waiting_.erase(rest, waiting_.end());
    }
    if (taken.empty()) return nullptr;
    std::stable_sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    captions::CcData all;
    for (const auto& [time, data] : taken) all.insert(all.end(), data.begin(), data.end());
    return std::make_shared<const captions::CcData>(std::move(all));
  }

 private:
  using Carried = std::pair<int64_t, captions::CcData>;
  // As many as ArrivalTimes notes: more than a decoder holds.
  static constexpr size_t most = 128;

  std::mutex mutex_;
  std::deque<Carried> waiting_;  // guarded by mutex_
};

}  // namespace rxgst
