// Reads AMF0 and AMF3 of strangers into values, within bounds and in linear time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtmp/amf/value.h"

namespace rxgst::amf {

struct Limits {
  /** Objects in objects. Metadata of known publishers nests 3 levels, a server's answers 4. */
  int depth = 16;
  /** What exceeds these two is read and not kept: `truncated`. */
  size_t values = 16'384;
  size_t text_bytes = 1 << 20;
};

struct Read {
  std::vector<Value> values;
  /** What is wrong, as part of a sentence; null: nothing. The values up to that place are there. */
  const char* wrong = nullptr;
  /** What is wrong is that it nests too deeply. */
  bool deep = false;
  /** More values or text than the limits allow, or more references than the size of the message justifies. */
  bool truncated = false;
  /** The bytes ended within an object or array; what had come of it is there. */
  bool unfinished = false;
};

/**
 * All values of a message's body. AMF0 turns to AMF3 where its marker says so. A reference is a copy of what it refers
 * to, counted like the first; one to an object that is still open is undefined.
 */
Read read_amf0(std::span<const uint8_t> bytes, const Limits& limits = {});

/** All values of AMF3 alone; messages that are called AMF3 mostly begin with a 0 byte and are AMF0 (`read_message`). */
Read read_amf3(std::span<const uint8_t> bytes, const Limits& limits = {});

/**
 * The values of a command or data message.
 * @param amf3 whether the message's type is one of AMF3's (15, 17), where a 0 byte mostly says that AMF0 follows
 */
Read read_message(std::span<const uint8_t> bytes, bool amf3, const Limits& limits = {});

}  // namespace rxgst::amf
