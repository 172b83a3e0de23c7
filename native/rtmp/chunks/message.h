// RTMP's messages: what chunks carry.
#pragma once
#include <cstdint>

#include "rtmp/chunks/bytes.h"

namespace rxgst::rtmp {

/** Numbers of RTMP 1.0, chapters 5.4 and 7.1. */
enum class MessageType : uint8_t {
  set_chunk_size = 1,
  abort = 2,
  acknowledgement = 3,
  user_control = 4,
  window_size = 5,
  peer_bandwidth = 6,
  audio = 8,
  video = 9,
  data_amf3 = 15,
  shared_object_amf3 = 16,
  command_amf3 = 17,
  data = 18,
  shared_object = 19,
  command = 20,
  aggregate = 22,
};

enum class UserControl : uint16_t {
  stream_begin = 0,
  stream_eof = 1,
  stream_dry = 2,
  set_buffer_length = 3,
  stream_is_recorded = 4,
  ping_request = 6,
  ping_response = 7,
  /** Beside the specification: Adobe's server tells that its buffer is empty, or ready. */
  buffer_empty = 31,
  buffer_ready = 32,
};

struct Message {
  MessageType type{};
  /** 2 to 65,599. */
  uint32_t chunk_stream = 0;
  uint32_t stream = 0;
  uint32_t timestamp_ms = 0;
  Payload payload;
};

}  // namespace rxgst::rtmp
