// What stood in the way, as plain data: the engine makes its errors of it.
#pragma once
#include <napi.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rxgst {

/** Which sentence `text` is, where an error's code does not tell. */
enum class TroubleKind { kOther, kNoChild, kExpected, kNoPad };

struct BuildError {
  /** The error's code. */
  std::string code;
  /** Name of the element. */
  std::string element;
  std::string factory;
  /** What was named, or the value's property. */
  std::string subject;
  /** What was expected, or why it is so; a part of the message. */
  std::string text;
  /** Names that there are, for "did you mean". */
  std::vector<std::string> known;
  TroubleKind kind = TroubleKind::kOther;

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
      case TroubleKind::kNoChild:
        return "no-child";
      case TroubleKind::kExpected:
        return "expected";
      case TroubleKind::kNoPad:
        return "no-pad";
      case TroubleKind::kOther:
        break;
    }
    return "other";
  }
};

}  // namespace rxgst
