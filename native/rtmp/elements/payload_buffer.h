// Buffers of GStreamer made of a message's payload.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <utility>

#include "gst/refs.h"
#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

/** A buffer around the payload, without a copy. */
inline GstBuffer* wrap(Payload payload) {
  auto* held = new std::shared_ptr<const void>(std::move(payload.owner));
  return gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, const_cast<uint8_t*>(payload.bytes.data()),
                                     payload.bytes.size(), 0, payload.bytes.size(), held,
                                     delete_as<std::shared_ptr<const void>>);
}

/** A buffer of its own, of one part or two. */
inline GstBuffer* copy(Bytes first, Bytes second = {}) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, first.size() + second.size(), nullptr);
  gst_buffer_fill(buffer, 0, first.data(), first.size());
  if (!second.empty()) gst_buffer_fill(buffer, first.size(), second.data(), second.size());
  return buffer;
}

}  // namespace rxgst::rtmp
