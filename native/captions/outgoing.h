// Captions of written pictures on their way to the pictures of an output, whose rate may be another. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "captions/cc_data.h"
#include "captions/pending.h"

namespace rxgst::captions {

/** All triples in their order, each once: a picture that is written twice, or repeated, has none of its own again. */
class OutgoingCaptions {
 public:
  void add(const SharedCaptions& captions) {
    if (!captions || captions->empty()) return;
    if (std::find(recent_.begin(), recent_.end(), captions) != recent_.end()) return;
    recent_[next_++ % recent_.size()] = captions;
    waiting_.insert(waiting_.end(), captions->begin(), captions->end());
    const size_t most = most_carried_triples * triple_bytes;
    if (waiting_.size() <= most) return;
    dropped_ += (waiting_.size() - most) / triple_bytes;
    waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<ptrdiff_t>(most));
  }
  /** Those of the next picture; null: none wait. */
  SharedCaptions next() {
    if (waiting_.empty()) return nullptr;
    constexpr size_t most = most_triples * triple_bytes;
    if (waiting_.size() > most) leave_out_padding(&waiting_);
    const auto end = waiting_.begin() + static_cast<ptrdiff_t>(std::min(waiting_.size(), most));
    auto taken = std::make_shared<const CcData>(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    return taken->empty() ? nullptr : taken;
  }
  /** Triples that were lost: more came than pictures have room for. */
  uint64_t dropped() const { return dropped_; }

 private:
  CcData waiting_;
  // Held, so that no other captions have the address of one of them.
  std::array<SharedCaptions, 64> recent_;
  size_t next_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace rxgst::captions
