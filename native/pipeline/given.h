// A property value from JS, and its check against the property's own description.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "gst/refs.h"

namespace rxgst {

/** A value as JS gave it: text, a number, a whole number of 64 bits, or a boolean. */
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
 * Converts the value to the property's type. Text for a text property stays as it is; other types are read from text as
 * gst-launch reads them, with two exceptions: a pad is given by its name ('sink_1'), and an element cannot be given as
 * text at all, since text could then add elements. False: `expected` tells what the property takes.
 */
bool convert(GParamSpec* spec, const Given& given, GstElement* owner, Value* result, std::string* expected);

/**
 * Whether GStreamer can read this text as a value. It reads nested lists by recursion without a limit, and a hundred
 * thousand brackets overflow the stack. Brackets in quotes count too: no meaningful value comes near the limit.
 */
bool is_shallow(const std::string& text);

/** The values that the property takes, for messages. */
std::string expected_by(GParamSpec* spec);

}  // namespace rxgst
