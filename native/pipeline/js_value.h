// GStreamer's values as plain data: any thread makes them, and the JS thread converts them to JS values.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rxgst {

struct JsValue;
using JsList = std::vector<JsValue>;
/** In the order in which they came. */
using JsFields = std::vector<std::pair<std::string, JsValue>>;

/** monostate is null. */
struct JsValue : std::variant<std::monostate, bool, double, int64_t, uint64_t, std::string, JsList, JsFields> {
  using variant::variant;
};

/**
 * Enums become their nick, flags nick+nick, fractions 'n/d', caps their text, structures and tag lists objects, arrays
 * and lists arrays, objects their name. 2^64 − 1, which means "none" in times and ids, becomes null. Any thread.
 */
JsValue js_value_of(const GValue* value, int depth = 0);
/** The fields of a structure. Any thread. */
JsFields js_fields(const GstStructure* structure, int depth = 0);
JsFields js_error(const GError* error);

/** A 64-bit number becomes a number if that is exact, else a bigint. JS thread. */
Napi::Value to_js(Napi::Env env, const JsValue& value);

}  // namespace rxgst
