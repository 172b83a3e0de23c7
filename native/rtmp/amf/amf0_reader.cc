#include <bit>

#include "rtmp/amf/reader.h"
#include "rtmp/amf/reading.h"

namespace rxgst::amf {

namespace {

enum Marker : uint8_t {
  number_marker,
  boolean_marker,
  string_marker,
  object_marker,
  movie_clip_marker,
  null_marker,
  undefined_marker,
  reference_marker,
  ecma_array_marker,
  object_end_marker,
  strict_array_marker,
  date_marker,
  long_string_marker,
  unsupported_marker,
  record_set_marker,
  xml_marker,
  typed_object_marker,
  amf3_marker,
};

class Amf0Reader {
 public:
  explicit Amf0Reader(Reading* reading) : in_(*reading) {}

  bool value(Value* out) {
    uint8_t marker;
    if (!in_.byte(&marker)) return false;
    return value(marker, out);
  }

 private:
  bool value(uint8_t marker, Value* out) {
    switch (marker) {
      case number_marker:
        set(out, Value::Type::number);
        return real(out);
      case boolean_marker: {
        uint8_t byte;
        if (!in_.byte(&byte)) return false;
        if (out) *out = Value(byte != 0);
        return true;
      }
      case string_marker:
        set(out, Value::Type::string);
        return text(2, out);
      case long_string_marker:
        set(out, Value::Type::string);
        return text(4, out);
      case xml_marker:
        set(out, Value::Type::xml);
        return text(4, out);
      case null_marker:
        set(out, Value::Type::null);
        return true;
      case undefined_marker:
      case unsupported_marker:
        return true;
      case date_marker: {
        uint32_t zone;
        set(out, Value::Type::date);
        return real(out) && in_.number(2, &zone);
      }
      case object_marker:
      case typed_object_marker:
      case ecma_array_marker:
      case strict_array_marker:
        return container(marker, out);
      case reference_marker:
        return reference(out);
      case amf3_marker:
        return read_amf3_value(&in_, out);
      case object_end_marker:
        return in_.fail("an object ends that did not begin");
      default:
        return in_.fail("a type that AMF0 does not have");
    }
  }

  static void set(Value* out, Value::Type type) {
    if (out) out->type = type;
  }

  bool real(Value* out) {
    double number;
    if (!in_.real(&number)) return false;
    if (out) out->number = number;
    return true;
  }

  bool text(int length_bytes, Value* out) {
    uint32_t size;
    std::string_view text;
    if (!in_.number(length_bytes, &size) || !in_.text(size, &text)) return false;
    if (out) in_.keep(text, &out->text);
    return true;
  }

  bool container(uint8_t marker, Value* out) {
    size_t index;
    if (!references_.open(in_.at(), marker, &index)) return in_.fail("more objects than are referred to");
    if (!in_.enter()) return false;
    if (!content(marker, out)) return false;
    in_.leave();
    references_.close(index, in_.at());
    return true;
  }

  bool content(uint8_t marker, Value* out) {
    uint32_t count;
    switch (marker) {
      case strict_array_marker:
        set(out, Value::Type::strict_array);
        if (!in_.number(4, &count)) return false;
        for (uint32_t i = 0; i < count; ++i) {
          // An element that is not there has no place.
          if (!in_.need(1) || !value(in_.place(out))) return false;
        }
        return true;
      case ecma_array_marker:
        set(out, Value::Type::ecma_array);
        // The count is a hint, and often wrong.
        return in_.number(4, &count) && properties(out);
      case typed_object_marker:
        set(out, Value::Type::object);
        return text(2, out) && properties(out);
      default:
        set(out, Value::Type::object);
        return properties(out);
    }
  }

  bool properties(Value* out) {
    for (;;) {
      uint32_t size;
      std::string_view name;
      uint8_t marker;
      if (!in_.number(2, &size) || !in_.text(size, &name) || !in_.byte(&marker)) return false;
      if (marker == object_end_marker && name.empty()) return true;
      if (!value(marker, in_.place(out, name))) return false;
    }
  }

  bool reference(Value* out) {
    uint32_t index;
    if (!in_.number(2, &index)) return false;
    return references_.refer(&in_, index, out, [&](uint8_t marker) { return container(marker, out); });
  }

  Reading& in_;
  References references_;
};

}  // namespace

bool Reading::real(double* out) {
  uint32_t high, low;
  if (!need(8) || !number(4, &high) || !number(4, &low)) return false;
  *out = std::bit_cast<double>(uint64_t{high} << 32 | low);
  return true;
}

Read read_amf0(std::span<const uint8_t> bytes, const Limits& limits) {
  Read result;
  Reading reading(bytes, limits);
  Amf0Reader reader(&reading);
  while (!reading.over()) {
    if (!reader.value(reading.place(&result.values))) break;
  }
  reading.finish(&result);
  return result;
}

Read read_message(std::span<const uint8_t> bytes, bool amf3, const Limits& limits) {
  // Behind the 0 byte the values are AMF0, each of which may turn to AMF3. Some servers leave the byte out, and write
  // AMF0 all the same: its strings begin with 2, which AMF3 has for false.
  if (amf3 && !bytes.empty() && bytes[0] == 0) return read_amf0(bytes.subspan(1), limits);
  if (amf3 && !bytes.empty() && bytes[0] != string_marker) return read_amf3(bytes, limits);
  return read_amf0(bytes, limits);
}

}  // namespace rxgst::amf
