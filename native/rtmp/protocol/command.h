// Arguments of commands, of strangers who may send anything in their places.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rtmp/amf/value.h"

namespace rxgst::rtmp {

/** Undefined, where there is none. */
inline const amf::Value& argument(const std::vector<amf::Value>& arguments, size_t index) {
  static const amf::Value undefined;
  return index < arguments.size() ? arguments[index] : undefined;
}

/** Empty, where it is no string. */
inline std::string text_argument(const std::vector<amf::Value>& arguments, size_t index) {
  const amf::Value& value = argument(arguments, index);
  return value.is(amf::Value::Type::string) ? value.text : std::string();
}

/** The last argument that is an object: servers put null, numbers or nothing before it. */
inline const amf::Value& information_of(const std::vector<amf::Value>& arguments) {
  for (size_t i = arguments.size(); i > 0; --i) {
    if (arguments[i - 1].has_names()) return arguments[i - 1];
  }
  return argument(arguments, arguments.size() - 1);
}

}  // namespace rxgst::rtmp
