#include <deque>

#include "rtmp/amf/reader.h"
#include "rtmp/amf/reading.h"

namespace rxgst::amf {

namespace {

class Amf3Reader {
 public:
  explicit Amf3Reader(Reading* reading) : in_(*reading), names_left_(reading->limits().values) {}

  bool value(Value* out) {
    uint8_t marker;
    return in_.byte(&marker) && value(marker, out);
  }

 private:
  enum Marker : uint8_t {
    undefined_marker,
    null_marker,
    false_marker,
    true_marker,
    integer_marker,
    double_marker,
    string_marker,
    xml_document_marker,
    date_marker,
    array_marker,
    object_marker,
    xml_marker,
    bytes_marker,
    int_vector_marker,
    uint_vector_marker,
    double_vector_marker,
    object_vector_marker,
    dictionary_marker,
  };

  struct Traits {
    std::string_view class_name;
    std::vector<std::string_view> names;
    bool dynamic = false, external = false;
  };

  bool value(uint8_t marker, Value* out) {
    switch (marker) {
      case undefined_marker:
        return true;
      case null_marker:
        if (out) *out = Value::null();
        return true;
      case false_marker:
      case true_marker:
        if (out) *out = Value(marker == true_marker);
        return true;
      case integer_marker: {
        uint32_t bits;
        if (!integer(&bits)) return false;
        // 29 bits with a sign.
        const auto number = static_cast<int32_t>(bits << 3) >> 3;
        if (out) *out = Value(number);
        return true;
      }
      case double_marker: {
        double number;
        if (!in_.real(&number)) return false;
        if (out) *out = Value(number);
        return true;
      }
      case string_marker: {
        std::string_view text;
        if (!string(&text)) return false;
        keep(text, Value::Type::string, out);
        return true;
      }
      default:
        if (marker > dictionary_marker) return in_.fail("a type that AMF3 does not have");
        return referable(marker, out);
    }
  }

  void keep(std::string_view text, Value::Type type, Value* out) {
    if (!out) return;
    out->type = type;
    in_.keep(text, &out->text);
  }

  /** U29. */
  bool integer(uint32_t* out) {
    *out = 0;
    for (int i = 0; i < 4; ++i) {
      uint8_t byte;
      if (!in_.byte(&byte)) return false;
      if (i == 3) {
        *out = *out << 8 | byte;
        return true;
      }
      *out = *out << 7 | (byte & 127);
      if (byte < 128) return true;
    }
    return true;
  }

  bool string(std::string_view* out) {
    uint32_t head;
    if (!integer(&head)) return false;
    if ((head & 1) == 0) {
      if (head >> 1 >= strings_.size()) return in_.fail("refers to a string that is not there");
      *out = strings_[head >> 1];
      return true;
    }
    if (!in_.text(head >> 1, out)) return false;
    if (out->empty() || references_.reading_again()) return true;
    if (strings_.size() == References::most) return in_.fail("more strings than are referred to");
    strings_.push_back(*out);
    return true;
  }

  /** What others may refer to; its first number says whether it is itself a reference. */
  bool referable(uint8_t marker, Value* out) {
    const size_t from = in_.at();
    uint32_t head;
    if (!integer(&head)) return false;
    if ((head & 1) == 0) return reference(head >> 1, out);
    size_t index;
    if (!references_.open(from, marker, &index)) return in_.fail("more objects than are referred to");
    if (!in_.enter() || !content(marker, head >> 1, out)) return false;
    in_.leave();
    references_.close(index, in_.at());
    return true;
  }

  bool reference(uint32_t index, Value* out) {
    return references_.refer(&in_, index, out, [&](uint8_t marker) { return referable(marker, out); });
  }

  bool content(uint8_t marker, uint32_t head, Value* out) {
    std::string_view text;
    double number;
    switch (marker) {
      case date_marker:
        if (!in_.real(&number)) return false;
        if (out) out->type = Value::Type::date, out->number = number;
        return true;
      case xml_document_marker:
      case xml_marker:
      case bytes_marker:
        if (!in_.text(head, &text)) return false;
        keep(text, marker == bytes_marker ? Value::Type::bytes : Value::Type::xml, out);
        return true;
      case array_marker:
        return array(head, out);
      case object_marker:
        return object(head, out);
      case dictionary_marker:
        return dictionary(head, out);
      default:
        return vector(marker, head, out);
    }
  }

  bool array(uint32_t count, Value* out) {
    if (out) out->type = Value::Type::strict_array;
    std::string_view name;
    bool named = false;
    for (;;) {
      if (!string(&name)) return false;
      if (name.empty()) break;
      named = true;
      if (out) out->type = Value::Type::ecma_array;
      if (!value(in_.place(out, name))) return false;
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (!in_.need(1)) return false;
      if (!value(named ? in_.place(out, std::to_string(i)) : in_.place(out))) return false;
    }
    return true;
  }

  bool object(uint32_t head, Value* out) {
    const Traits* traits = nullptr;
    if ((head & 1) == 0) {
      if (head >> 1 >= traits_.size()) return in_.fail("refers to a class that is not there");
      traits = &traits_[head >> 1];
    } else {
      Traits own;
      if (!read_traits(head, &own)) return false;
      if (references_.reading_again()) return fields(own, out);
      if (traits_.size() == References::most) return in_.fail("more classes than are referred to");
      traits = &traits_.emplace_back(std::move(own));
    }
    return fields(*traits, out);
  }

  bool read_traits(uint32_t head, Traits* out) {
    if (!string(&out->class_name)) return false;
    out->external = (head & 2) != 0;
    out->dynamic = (head & 4) != 0;
    const uint32_t count = out->external ? 0 : head >> 3;
    // A name takes 16 bytes of memory for one of the message: those of all classes together are bounded.
    if (!references_.reading_again()) {
      if (count > names_left_) return in_.stop_at_limit("a class with more names than values are kept");
      names_left_ -= count;
    }
    for (uint32_t i = 0; i < count; ++i) {
      std::string_view name;
      if (!string(&name)) return false;
      out->names.push_back(name);
    }
    return true;
  }

  bool fields(const Traits& traits, Value* out) {
    keep(traits.class_name, Value::Type::object, out);
    if (traits.external) {
      // The two whose content is one value; of others nobody knows the length.
      const bool known = traits.class_name == "flex.messaging.io.ArrayCollection" ||
                         traits.class_name == "flex.messaging.io.ObjectProxy";
      if (!known) return in_.fail("an object of a class that nobody knows");
      return value(in_.place(out, "source"));
    }
    for (const std::string_view name : traits.names) {
      if (!in_.need(1) || !value(in_.place(out, name))) return false;
    }
    if (!traits.dynamic) return true;
    for (;;) {
      std::string_view name;
      if (!string(&name)) return false;
      if (name.empty()) return true;
      if (!value(in_.place(out, name))) return false;
    }
  }

  bool dictionary(uint32_t count, Value* out) {
    if (out) out->type = Value::Type::strict_array;
    uint8_t weak;
    if (!in_.byte(&weak)) return false;
    for (uint32_t i = 0; i < count; ++i) {
      if (!in_.need(1) || !value(in_.place(out)) || !in_.need(1) || !value(in_.place(out))) return false;
    }
    return true;
  }

  bool vector(uint8_t marker, uint32_t count, Value* out) {
    if (out) out->type = Value::Type::strict_array;
    uint8_t fixed;
    std::string_view class_name;
    if (!in_.byte(&fixed)) return false;
    if (marker == object_vector_marker && !string(&class_name)) return false;
    for (uint32_t i = 0; i < count; ++i) {
      if (!in_.need(1)) return false;
      Value* const place = in_.place(out);
      uint32_t bits;
      double number = 0;
      if (marker == object_vector_marker) {
        if (!value(place)) return false;
        continue;
      }
      if (marker == double_vector_marker) {
        if (!in_.real(&number)) return false;
      } else {
        if (!in_.number(4, &bits)) return false;
        number = marker == int_vector_marker ? static_cast<double>(static_cast<int32_t>(bits)) : bits;
      }
      if (place) *place = Value(number);
    }
    return true;
  }

  Reading& in_;
  References references_;
  std::vector<std::string_view> strings_;
  /** In one place each, since an object's fields may bring further ones. */
  std::deque<Traits> traits_;
  size_t names_left_;
};

}  // namespace

bool read_amf3_value(Reading* reading, Value* out) { return Amf3Reader(reading).value(out); }

Read read_amf3(std::span<const uint8_t> bytes, const Limits& limits) {
  Read result;
  Reading reading(bytes, limits);
  Amf3Reader reader(&reading);
  while (!reading.over()) {
    if (!reader.value(reading.place(&result.values))) break;
  }
  reading.finish(&result);
  return result;
}

}  // namespace rxgst::amf
