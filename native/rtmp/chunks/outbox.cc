#include "rtmp/chunks/outbox.h"

#include <algorithm>
#include <cassert>

namespace rxgst::rtmp {

size_t Outbox::gather(std::span<Bytes> out) const {
  size_t count = 0;
  size_t skip = used_;
  for (const Piece& piece : pieces_) {
    for (const Bytes part : {Bytes(piece.head.data(), piece.head_size), piece.body}) {
      if (skip >= part.size()) {
        skip -= part.size();
        continue;
      }
      if (count == out.size()) return count;
      out[count++] = part.subspan(skip);
      skip = 0;
    }
  }
  return count;
}

void Outbox::consume(size_t count) {
  assert(count <= size_);
  size_ -= count;
  sent_ += count;
  used_ += count;
  while (!pieces_.empty() && used_ >= pieces_.front().size()) {
    used_ -= pieces_.front().size();
    pieces_.pop_front();
  }
}

void Outbox::add(Bytes head, Bytes body, std::shared_ptr<const void> owner) {
  assert(head.size() <= most_head);
  Piece& piece = pieces_.emplace_back();
  std::copy(head.begin(), head.end(), piece.head.begin());
  piece.head_size = static_cast<uint8_t>(head.size());
  piece.body = body;
  piece.owner = std::move(owner);
  size_ += piece.size();
}

}  // namespace rxgst::rtmp
