// Writes values as AMF0.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "rtmp/amf/value.h"

namespace rxgst::amf {

/** Appends one value. A name longer than 65,535 bytes is cut; a byte array is written as a string. */
void append_amf0(std::vector<uint8_t>* out, const Value& value);

std::vector<uint8_t> write_amf0(std::initializer_list<Value> values);

}  // namespace rxgst::amf
