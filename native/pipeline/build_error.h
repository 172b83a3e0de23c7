// The reason why a graph or a property cannot be made, as data: the engine makes its errors from it.
#pragma once
#include <napi.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rxgst {

/** The kind of sentence in `text`, where the code alone does not say it. */
enum class BuildErrorKind { other, no_child, expected, no_pad };

struct BuildError {
  /** The error's code. */
  std::string code;
  /** The name of the element. */
  std::string element;
  std::string factory;
  /** The name that was given, or the property of the value. */
  std::string subject;
  /** The expectation or the reason; a part of the message. */
  std::string text;
  /** The names that exist, for "did you mean". */
  std::vector<std::string> known;
  BuildErrorKind kind = BuildErrorKind::other;

  Napi::Object to_js(Napi::Env env) const {
    auto object = Napi::Object::New(env);
    object["code"] = code;
    object["element"] = element;
    object["factory"] = factory;
    object["subject"] = subject;
    object["text"] = text;
    auto list = Napi::Array::New(env, known.size());
    for (uint32_t i = 0; i < known.size(); ++i) list[i] = known[i];
    object["known"] = list;
    object["kind"] = kind_name();
    return object;
  }

 private:
  const char* kind_name() const {
    switch (kind) {
      case BuildErrorKind::no_child:
        return "no-child";
      case BuildErrorKind::expected:
        return "expected";
      case BuildErrorKind::no_pad:
        return "no-pad";
      case BuildErrorKind::other:
        break;
    }
    return "other";
  }
};

}  // namespace rxgst
