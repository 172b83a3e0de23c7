// A value of AMF0 or AMF3, as plain data.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rxgst::amf {

/**
 * One tree, owned by whoever holds its root. Properties keep their order, and names that come twice stay twice; `find`
 * takes the last one, as ActionScript would. AMF3's integers are numbers, its vectors strict arrays, its dictionaries
 * strict arrays of keys and values in turn.
 */
struct Value {
  enum class Type : uint8_t {
    undefined,
    null,
    boolean,
    number,
    /** Milliseconds since 1970 in `number`; the zone that AMF0 has besides is meaningless by specification. */
    date,
    string,
    xml,
    /** AMF3's ByteArray, in `text`. */
    bytes,
    object,
    /** An array with names. */
    ecma_array,
    strict_array,
  };

  Type type = Type::undefined;
  double number = 0;
  /** A string, or the class of an object that has one. */
  std::string text;
  /** Of an object or ecma_array, one for each of `items`. */
  std::vector<std::string> names;
  /** Properties, or elements. */
  std::vector<Value> items;

  Value() = default;
  explicit Value(Type of) : type(of) {}
  Value(double value) : type(Type::number), number(value) {}
  Value(int value) : type(Type::number), number(value) {}
  Value(bool value) : type(Type::boolean), number(value ? 1 : 0) {}
  Value(std::string value) : type(Type::string), text(std::move(value)) {}
  Value(std::string_view value) : type(Type::string), text(value) {}
  Value(const char* value) : type(Type::string), text(value) {}

  static Value null() { return Value(Type::null); }
  static Value object() { return Value(Type::object); }
  static Value ecma_array() { return Value(Type::ecma_array); }
  static Value strict_array() { return Value(Type::strict_array); }

  bool is(Type one) const { return type == one; }
  bool has_names() const { return type == Type::object || type == Type::ecma_array; }

  /** Adds a property, also where one of that name is there. */
  Value& add(std::string name, Value value) & {
    names.push_back(std::move(name));
    items.push_back(std::move(value));
    return *this;
  }
  Value&& add(std::string name, Value value) && { return std::move(add(std::move(name), std::move(value))); }

  /** The last property of this name; null: there is none. */
  const Value* find(std::string_view name) const {
    for (size_t i = names.size(); i > 0; --i) {
      if (names[i - 1] == name) return &items[i - 1];
    }
    return nullptr;
  }

  /** The text of a property that is a string; empty: there is none. */
  std::string_view text_of(std::string_view name) const {
    const Value* found = find(name);
    return found && found->type == Type::string ? std::string_view(found->text) : std::string_view();
  }

  /** The number of a property that is one, or a boolean, or a string that begins with one; else `otherwise`. */
  double number_of(std::string_view name, double otherwise) const {
    const Value* found = find(name);
    if (!found) return otherwise;
    if (found->type == Type::number || found->type == Type::boolean) return found->number;
    if (found->type != Type::string) return otherwise;
    char* end = nullptr;
    const double value = std::strtod(found->text.c_str(), &end);
    return end == found->text.c_str() ? otherwise : value;
  }
};

}  // namespace rxgst::amf
