#include "pipeline/given.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace rxgst {
namespace {

// A message with more names than this helps nobody; `known` has all of them.
constexpr size_t max_listed = 40;

template <class T>
std::string range(const char* what, T from, T to) {
  return std::string(what) + " from " + std::to_string(from) + " to " + std::to_string(to);
}

std::string real(double value) {
  if (value >= std::numeric_limits<float>::max()) return "∞";
  if (value <= -std::numeric_limits<float>::max()) return "−∞";
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_formatd(text, sizeof text, "%.12g", value);
}

std::string nicks_of(GType type) {
  std::string list;
  size_t count = 0;
  const auto add = [&](const gchar* nick) {
    if (++count > max_listed) return;
    if (!list.empty()) list += ", ";
    list += nick;
  };
  gpointer raw = g_type_class_ref(type);
  if (G_TYPE_IS_ENUM(type)) {
    auto* values = static_cast<GEnumClass*>(raw);
    for (guint i = 0; i < values->n_values; ++i) add(values->values[i].value_nick);
  } else {
    auto* values = static_cast<GFlagsClass*>(raw);
    for (guint i = 0; i < values->n_values; ++i) add(values->values[i].value_nick);
  }
  g_type_class_unref(raw);
  if (count > max_listed) list += ", …";
  return list;
}

bool whole_double(double value) {
  return std::isfinite(value) && value == std::trunc(value) && std::fabs(value) < 1.9e19;
}

/** The whole number that was given, or false. Text is GStreamer's: decimal or 0x…, and nothing behind it. */
bool whole_of(const Given& given, Whole* whole) {
  if (const auto* number = std::get_if<double>(&given)) {
    if (!whole_double(*number)) return false;
    *whole = {*number < 0, static_cast<uint64_t>(std::fabs(*number))};
    return true;
  }
  if (const auto* big = std::get_if<Whole>(&given)) {
    *whole = *big;
    return true;
  }
  if (const auto* text = std::get_if<std::string>(&given)) {
    const bool negative = !text->empty() && (*text)[0] == '-';
    const std::string digits = text->substr(negative || (!text->empty() && (*text)[0] == '+') ? 1 : 0);
    if (digits.empty() || !g_ascii_isdigit(digits[0])) return false;
    const bool hex = digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    gchar* end = nullptr;
    errno = 0;
    const guint64 value = g_ascii_strtoull(digits.c_str(), &end, hex ? 16 : 10);
    if (errno == ERANGE || !end || *end != '\0' || static_cast<size_t>(end - digits.c_str()) != digits.size())
      return false;
    *whole = {negative, value};
    return true;
  }
  return false;
}

bool signed_within(const Whole& whole, int64_t low, int64_t high, int64_t* result) {
  if (whole.magnitude > static_cast<uint64_t>(INT64_MAX) + (whole.negative ? 1 : 0)) return false;
  const int64_t value =
      whole.negative ? -static_cast<int64_t>(whole.magnitude - 1) - 1 : static_cast<int64_t>(whole.magnitude);
  *result = whole.negative && whole.magnitude == 0 ? 0 : value;
  return *result >= low && *result <= high;
}

bool unsigned_within(const Whole& whole, uint64_t low, uint64_t high, uint64_t* result) {
  *result = whole.magnitude;
  return (!whole.negative || whole.magnitude == 0) && whole.magnitude >= low && whole.magnitude <= high;
}

bool real_of(const Given& given, double* result) {
  if (const auto* number = std::get_if<double>(&given)) {
    *result = *number;
    return !std::isnan(*number);
  }
  if (const auto* big = std::get_if<Whole>(&given)) {
    *result = (big->negative ? -1.0 : 1.0) * static_cast<double>(big->magnitude);
    return true;
  }
  if (const auto* text = std::get_if<std::string>(&given)) {
    if (text->empty() || g_ascii_isspace((*text)[0])) return false;
    gchar* end = nullptr;
    *result = g_ascii_strtod(text->c_str(), &end);
    return static_cast<size_t>(end - text->c_str()) == text->size() && !std::isnan(*result);
  }
  return false;
}

bool truth_of(const Given& given, bool* result) {
  if (const auto* truth = std::get_if<bool>(&given)) {
    *result = *truth;
    return true;
  }
  if (const auto* number = std::get_if<double>(&given)) {
    *result = *number == 1;
    return *number == 0 || *number == 1;
  }
  if (const auto* text = std::get_if<std::string>(&given)) {
    for (const char* yes : {"true", "yes", "t", "1"}) {
      if (g_ascii_strcasecmp(text->c_str(), yes) == 0) return *result = true, true;
    }
    for (const char* no : {"false", "no", "f", "0"}) {
      if (g_ascii_strcasecmp(text->c_str(), no) == 0) return *result = false, true;
    }
  }
  return false;
}

const GEnumValue* enum_value(GEnumClass* type, const Given& given) {
  if (const auto* text = std::get_if<std::string>(&given)) {
    if (const GEnumValue* by_nick = g_enum_get_value_by_nick(type, text->c_str())) return by_nick;
    if (const GEnumValue* by_name = g_enum_get_value_by_name(type, text->c_str())) return by_name;
    for (guint i = 0; i < type->n_values; ++i) {
      if (g_ascii_strcasecmp(type->values[i].value_nick, text->c_str()) == 0) return &type->values[i];
    }
  }
  Whole whole{};
  int64_t number = 0;
  if (!whole_of(given, &whole) || !signed_within(whole, INT32_MIN, INT32_MAX, &number)) return nullptr;
  return g_enum_get_value(type, static_cast<gint>(number));
}

bool flags_value(GFlagsClass* type, const Given& given, guint* result) {
  *result = 0;
  const auto* text = std::get_if<std::string>(&given);
  Whole whole{};
  if (whole_of(given, &whole)) {
    uint64_t number = 0;
    if (!unsigned_within(whole, 0, UINT32_MAX, &number)) return false;
    *result = static_cast<guint>(number);
    return (*result & ~type->mask) == 0;
  }
  if (!text) return false;
  if (text->empty()) return true;
  size_t from = 0;
  for (;;) {
    const size_t plus = text->find_first_of("+|", from);
    const std::string nick = text->substr(from, plus == std::string::npos ? plus : plus - from);
    const GFlagsValue* flag = g_flags_get_value_by_nick(type, nick.c_str());
    if (!flag) flag = g_flags_get_value_by_name(type, nick.c_str());
    if (!flag) return false;
    *result |= flag->value;
    if (plus == std::string::npos) return true;
    from = plus + 1;
  }
}

std::string text_form(const Given& given) {
  if (const auto* text = std::get_if<std::string>(&given)) return *text;
  if (const auto* truth = std::get_if<bool>(&given)) return *truth ? "true" : "false";
  if (const auto* big = std::get_if<Whole>(&given))
    return std::string(big->negative ? "-" : "").append(std::to_string(big->magnitude));
  const double number = std::get<double>(given);
  if (whole_double(number)) return std::to_string(static_cast<long long>(number));
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_dtostr(text, sizeof text, number);
}

}  // namespace

bool is_shallow(const std::string& text) {
  constexpr int max_depth = 64;
  int depth = 0;
  for (const char c : text) {
    if (std::strchr("{[<(", c)) {
      if (++depth > max_depth) return false;
    } else if (depth > 0 && std::strchr("}]>)", c)) {
      --depth;
    }
  }
  return true;
}

Given given_of(const Napi::Value& value) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (value.IsNumber()) return value.As<Napi::Number>().DoubleValue();
  if (value.IsBigInt()) {
    int sign = 0;
    size_t words = 2;
    uint64_t word[2] = {0, 0};
    value.As<Napi::BigInt>().ToWords(&sign, &words, word);
    // No property reaches beyond 64 bits: a number that none accepts.
    if (words > 1) return HUGE_VAL;
    return Whole{sign != 0, word[0]};
  }
  return value.As<Napi::String>().Utf8Value();
}

std::string expected_by(GParamSpec* spec) {
  const GType type = spec->value_type;
  if (G_IS_PARAM_SPEC_BOOLEAN(spec)) return "true or false";
  if (auto* s = G_IS_PARAM_SPEC_INT(spec) ? G_PARAM_SPEC_INT(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_UINT(spec) ? G_PARAM_SPEC_UINT(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_LONG(spec) ? G_PARAM_SPEC_LONG(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_ULONG(spec) ? G_PARAM_SPEC_ULONG(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_INT64(spec) ? G_PARAM_SPEC_INT64(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_UINT64(spec) ? G_PARAM_SPEC_UINT64(spec) : nullptr)
    return range("an integer", s->minimum, s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_FLOAT(spec) ? G_PARAM_SPEC_FLOAT(spec) : nullptr)
    return "a number from " + real(s->minimum) + " to " + real(s->maximum);
  if (auto* s = G_IS_PARAM_SPEC_DOUBLE(spec) ? G_PARAM_SPEC_DOUBLE(spec) : nullptr)
    return "a number from " + real(s->minimum) + " to " + real(s->maximum);
  if (G_TYPE_IS_ENUM(type)) return "one of " + nicks_of(type);
  if (G_TYPE_IS_FLAGS(type)) return "some of " + nicks_of(type) + ", joined by +";
  if (type == G_TYPE_STRING) return "text";
  if (GST_IS_PARAM_SPEC_FRACTION(spec)) {
    auto* s = GST_PARAM_SPEC_FRACTION(spec);
    return "a fraction from " + std::to_string(s->min_num) + "/" + std::to_string(s->min_den) + " to " +
           std::to_string(s->max_num) + "/" + std::to_string(s->max_den);
  }
  if (type == GST_TYPE_CAPS) return "caps, such as video/x-raw,format=I420";
  if (type == GST_TYPE_STRUCTURE) return "a structure, such as name,field=(int)1";
  if (g_type_is_a(type, GST_TYPE_PAD)) return "the name of one of its pads";
  if (g_type_is_a(type, G_TYPE_OBJECT))
    return std::string("an object of type ") + g_type_name(type) + ", which a value cannot be";
  return std::string("a value of type ") + g_type_name(type);
}

bool convert(GParamSpec* spec, const Given& given, GstElement* owner, Value* result, std::string* expected) {
  const GType type = spec->value_type;
  Value value(type);
  GValue* target = value.get();
  const auto* text = std::get_if<std::string>(&given);
  bool ok = false;
  // C ends a text at its first zero: the rest would be lost without a word.
  const bool clean = !text || text->find('\0') == std::string::npos;
  Whole whole{};
  int64_t number = 0;
  uint64_t positive = 0;
  double fraction = 0;
  bool truth = false;
  if (!clean) {
    *expected = "text without a zero character";
    return false;
  }
  if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
    if ((ok = truth_of(given, &truth))) g_value_set_boolean(target, truth);
  } else if (auto* s = G_IS_PARAM_SPEC_INT(spec) ? G_PARAM_SPEC_INT(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && signed_within(whole, s->minimum, s->maximum, &number)))
      g_value_set_int(target, static_cast<gint>(number));
  } else if (auto* s = G_IS_PARAM_SPEC_UINT(spec) ? G_PARAM_SPEC_UINT(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && unsigned_within(whole, s->minimum, s->maximum, &positive)))
      g_value_set_uint(target, static_cast<guint>(positive));
  } else if (auto* s = G_IS_PARAM_SPEC_LONG(spec) ? G_PARAM_SPEC_LONG(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && signed_within(whole, s->minimum, s->maximum, &number)))
      g_value_set_long(target, number);
  } else if (auto* s = G_IS_PARAM_SPEC_ULONG(spec) ? G_PARAM_SPEC_ULONG(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && unsigned_within(whole, s->minimum, s->maximum, &positive)))
      g_value_set_ulong(target, positive);
  } else if (auto* s = G_IS_PARAM_SPEC_INT64(spec) ? G_PARAM_SPEC_INT64(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && signed_within(whole, s->minimum, s->maximum, &number)))
      g_value_set_int64(target, number);
  } else if (auto* s = G_IS_PARAM_SPEC_UINT64(spec) ? G_PARAM_SPEC_UINT64(spec) : nullptr) {
    if ((ok = whole_of(given, &whole) && unsigned_within(whole, s->minimum, s->maximum, &positive)))
      g_value_set_uint64(target, positive);
  } else if (auto* s = G_IS_PARAM_SPEC_FLOAT(spec) ? G_PARAM_SPEC_FLOAT(spec) : nullptr) {
    if ((ok = real_of(given, &fraction) && fraction >= s->minimum && fraction <= s->maximum))
      g_value_set_float(target, static_cast<gfloat>(fraction));
  } else if (auto* s = G_IS_PARAM_SPEC_DOUBLE(spec) ? G_PARAM_SPEC_DOUBLE(spec) : nullptr) {
    if ((ok = real_of(given, &fraction) && fraction >= s->minimum && fraction <= s->maximum))
      g_value_set_double(target, fraction);
  } else if (G_TYPE_IS_ENUM(type)) {
    auto* values = static_cast<GEnumClass*>(g_type_class_ref(type));
    const GEnumValue* found = enum_value(values, given);
    if ((ok = found != nullptr)) g_value_set_enum(target, found->value);
    g_type_class_unref(values);
  } else if (G_TYPE_IS_FLAGS(type)) {
    auto* values = static_cast<GFlagsClass*>(g_type_class_ref(type));
    guint flags = 0;
    if ((ok = flags_value(values, given, &flags))) g_value_set_flags(target, flags);
    g_type_class_unref(values);
  } else if (type == G_TYPE_STRING) {
    // A text of gst-launch does not say whether 5 and true are texts: here they are.
    g_value_set_string(target, text_form(given).c_str());
    ok = true;
  } else if (type == GST_TYPE_CAPS) {
    CapsRef caps(text && is_shallow(*text) ? gst_caps_from_string(text->c_str()) : nullptr);
    if ((ok = caps != nullptr)) gst_value_set_caps(target, caps.get());
  } else if (type == GST_TYPE_STRUCTURE) {
    StructurePtr structure(text && is_shallow(*text) ? gst_structure_from_string(text->c_str(), nullptr) : nullptr);
    if ((ok = structure != nullptr)) gst_value_set_structure(target, structure.get());
  } else if (g_type_is_a(type, GST_TYPE_PAD)) {
    ObjectRef<GstPad> pad(text && owner ? gst_element_get_static_pad(owner, text->c_str()) : nullptr);
    if ((ok = pad && g_type_is_a(G_OBJECT_TYPE(pad.get()), type))) g_value_set_object(target, pad.get());
  } else if (!g_type_is_a(type, G_TYPE_OBJECT) && !std::holds_alternative<bool>(given)) {
    const std::string form = text_form(given);
    ok = is_shallow(form) && gst_value_deserialize(target, form.c_str());
    // Clamps a value that is out of range, and returns true then.
    if (ok && g_param_value_validate(spec, target)) ok = false;
  }
  if (!ok) {
    *expected = expected_by(spec);
    return false;
  }
  *result = std::move(value);
  return true;
}

}  // namespace rxgst
