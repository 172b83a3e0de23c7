// Captions on their way with pictures: those of pictures that are left out go with the next one. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "captions/cc_data.h"

namespace rxgst::captions {

/** Captions of one picture; several frames of it share them. Null: none. */
using SharedCaptions = std::shared_ptr<const CcData>;

/** Two seconds of all that the standard has room for. The oldest are lost. */
constexpr size_t most_carried_triples = 1200;

/** `first`, then `second`. Where one is null, the other itself. */
inline SharedCaptions joined(SharedCaptions first, SharedCaptions second) {
  if (!first) return second;
  if (!second) return first;
  CcData both(*first);
  both.insert(both.end(), second->begin(), second->end());
  const size_t most = most_carried_triples * triple_bytes;
  if (both.size() > most) both.erase(both.begin(), both.end() - static_cast<ptrdiff_t>(most));
  return std::make_shared<const CcData>(std::move(both));
}

/** Leaves triples out that hold nothing. */
inline void leave_out_padding(CcData* data) {
  size_t kept = 0;
  for (size_t at = 0; at + triple_bytes <= data->size(); at += triple_bytes) {
    if (!is_valid(data->data() + at)) continue;
    std::copy_n(data->begin() + static_cast<ptrdiff_t>(at), triple_bytes, data->begin() + static_cast<ptrdiff_t>(kept));
    kept += triple_bytes;
  }
  data->resize(kept);
}

}  // namespace rxgst::captions
