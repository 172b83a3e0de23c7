// A value that JS gave for a property, checked against what the property says of itself.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "gst/refs.h"

namespace rxgst {

/** A value as JS gave it: text, a number, a whole number beyond a number's reach, or a truth. */
struct Whole {
  bool negative;
  uint64_t magnitude;
};
using Given = std::variant<bool, double, Whole, std::string>;
/** JS thread. */
Given given_of(const Napi::Value& value);

/** Owns a GValue of any type. */
class Value {
 public:
  Value() = default;
  explicit Value(GType type) { g_value_init(&value_, type); }
  Value(Value&& other) noexcept : value_(other.value_) { other.value_ = G_VALUE_INIT; }
  Value& operator=(Value&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Value() {
    if (G_IS_VALUE(&value_)) g_value_unset(&value_);
  }
  GValue* get() { return &value_; }
  const GValue* get() const { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

/**
 * The value in the property's own type. A text goes into a text property exactly as it is; other types are read from
 * text as gst-launch reads them, with two exceptions: a pad is named ('sink_1'), and an element cannot be written as
 * text at all, since text would then add elements. False: `expected` says what the property takes.
 */
bool convert(GParamSpec* spec, const Given& given, GstElement* owner, Value* result, std::string* expected);

/**
 * Whether GStreamer can read this as a value: it reads lists in lists by calls in calls, without an end, and a hundred
 * thousand brackets are the end of the stack. Brackets in quotes count, too: no value that means something comes near.
 */
bool is_shallow(const std::string& text);

/** What the property takes, for messages. */
std::string expected_by(GParamSpec* spec);

}  // namespace rxgst
