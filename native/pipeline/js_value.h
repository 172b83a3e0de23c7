// GStreamer's values as plain data: made in any thread, turned into JS values on JS's.
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
 * and lists arrays, objects their name. 2^64 − 1, which stands for "none" in times and ids, is null. Any thread.
 */
JsValue js_value_of(const GValue* value, int depth = 0);
/** A structure's fields; with `name` its name too. Any thread. */
JsFields js_fields(const GstStructure* structure, int depth = 0);
JsFields js_error(const GError* error);

/** 64-bit numbers become a number where one holds them exactly, else a bigint. JS thread. */
Napi::Value to_js(Napi::Env env, const JsValue& value);

}  // namespace rxgst
