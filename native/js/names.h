// Enums of C++ that JavaScript knows by name.
#pragma once
#include <napi.h>

#include <array>
#include <optional>
#include <string_view>

namespace rxgst {

/** The names of an enum whose values count from 0, in the same order. No lookup allocates memory. */
template <class Enum, size_t count>
class Names {
 public:
  template <class... Name>
  explicit constexpr Names(Name... names) : names_{names...} {
    static_assert(sizeof...(Name) == count, "a name for each value");
  }

  /** Throws if the value is none of the names; the facades have checked it before. */
  Enum of(const Napi::Value& value) const {
    char text[32];
    size_t length = 0;
    if (napi_get_value_string_utf8(value.Env(), value, text, sizeof text, &length) == napi_ok) {
      for (size_t i = 0; i < count; ++i) {
        if (names_[i] == std::string_view(text, length)) return static_cast<Enum>(i);
      }
    }
    throw Napi::TypeError::New(value.Env(), "expected one of the names of an enum");
  }

  /** None for null and undefined. */
  std::optional<Enum> maybe(const Napi::Value& value) const {
    if (value.IsNull() || value.IsUndefined()) return std::nullopt;
    return of(value);
  }

  /** All names, for the test that compares them with TypeScript's. */
  Napi::Array table(Napi::Env env) const {
    auto table = Napi::Array::New(env, count);
    for (uint32_t i = 0; i < count; ++i) table[i] = to_js(env, static_cast<Enum>(i));
    return table;
  }

  Napi::String to_js(Napi::Env env, Enum value) const {
    const std::string_view name = names_[static_cast<size_t>(value)];
    return Napi::String::New(env, name.data(), name.size());
  }

 private:
  std::array<std::string_view, count> names_;
};

}  // namespace rxgst
