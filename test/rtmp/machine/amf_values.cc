#include <cmath>
#include <ctime>

#include "check.h"

namespace test {

namespace {

using amf::Value;

Buffer name(std::string_view it) { return number(static_cast<uint32_t>(it.size()), 2) + text(it); }
Buffer real(double value) {
  Buffer out;
  amf::append_amf0(&out, value);
  return {out.begin() + 1, out.end()};
}

/** As text, so that a difference can be read. */
std::string shown(const Value& value) {
  const auto list = [&](bool named) {
    std::string out;
    for (size_t i = 0; i < value.items.size(); ++i)
      out += (i ? "," : "") + (named ? value.names[i] + ":" : std::string()) + shown(value.items[i]);
    return out;
  };
  switch (value.type) {
    case Value::Type::undefined:
      return "undefined";
    case Value::Type::null:
      return "null";
    case Value::Type::boolean:
      return value.number != 0 ? "true" : "false";
    case Value::Type::number:
      return std::to_string(value.number).substr(0, std::to_string(value.number).find('.') + 3);
    case Value::Type::date:
      return "date " + std::to_string(static_cast<int64_t>(value.number));
    case Value::Type::string:
      return "'" + value.text + "'";
    case Value::Type::xml:
      return "<" + value.text + ">";
    case Value::Type::bytes:
      return "bytes " + value.text;
    case Value::Type::object:
      return value.text + "{" + list(true) + "}";
    case Value::Type::ecma_array:
      return "[" + list(true) + "]";
    case Value::Type::strict_array:
      return "(" + list(false) + ")";
  }
  return "?";
}

std::string shown(const amf::Read& read) {
  std::string out;
  for (const Value& value : read.values) out += (out.empty() ? "" : " ") + shown(value);
  if (read.wrong) out += std::string(" ! ") + read.wrong;
  if (read.truncated) out += " truncated";
  if (read.unfinished) out += " unfinished";
  return out;
}

std::string amf0(const Buffer& bytes, const amf::Limits& limits = {}) { return shown(amf::read_amf0(bytes, limits)); }
std::string amf3(const Buffer& bytes) { return shown(amf::read_amf3(bytes)); }

const Buffer object_end{0, 0, 9};

void every_type_of_amf0() {
  same(amf0(Buffer{0} + real(1.5) + Buffer{1, 1} + Buffer{1, 0}), "1.50 true false", "numbers and booleans");
  same(amf0(Buffer{2} + name("é") + Buffer{12} + number(2, 4) + text("ab") + Buffer{15} + number(1, 4) + text("x")),
       "'é' 'ab' <x>", "texts");
  same(amf0({5, 6, 13}), "null undefined undefined", "nothing");
  same(amf0(Buffer{11} + real(86'400'000) + Buffer{0, 0}), "date 86400000", "a date");
  const Buffer one = name("a") + Buffer{1, 1};
  same(amf0(Buffer{3} + one + one + name("") + Buffer{5} + object_end), "{a:true,a:true,:null}",
       "an object with a name twice and an empty one");
  same(amf0(Buffer{8} + number(99, 4) + one + object_end + Buffer{5}), "[a:true] null", "an array whose count lies");
  same(amf0(Buffer{10} + number(2, 4) + Buffer{5, 1, 1}), "(null,true)", "a strict array");
  same(amf0(Buffer{16} + name("C") + one + object_end), "C{a:true}", "a typed object");
  same(amf0(Buffer{17, 10, 11, 1} + text("") + Buffer{3, 'k', 4, 1, 1, 5}), "{k:1.00} null", "AMF3 within AMF0");
  for (const uint8_t type : {4, 14, 18, 255})
    check(amf::read_amf0(Buffer{type}).wrong != nullptr, "type " + std::to_string(type) + " is refused");
  same(amf0(object_end), "0.00 ! ends within a value", "a number that is cut");
  same(amf0({9}), "undefined ! an object ends that did not begin", "an end");
  same(amf0(Buffer{3} + one), "{a:true} unfinished", "an object without an end");
  same(amf0(Buffer{10} + number(0xffffffff, 4) + Buffer{5}), "(null) unfinished", "an array that promises too much");
}

void references() {
  const Buffer inner = Buffer{3} + name("n") + Buffer{1, 1} + object_end;
  same(amf0(Buffer{3} + name("a") + inner + name("b") + Buffer{7, 0, 1} + object_end + Buffer{7, 0, 0}),
       "{a:{n:true},b:{n:true}} {a:{n:true},b:{n:true}}", "references");
  same(amf0(Buffer{3} + name("self") + Buffer{7, 0, 0} + object_end + Buffer{7, 0, 0}),
       "{self:undefined} {self:undefined}", "an object that holds itself");
  same(amf0({7, 0, 9}), "undefined", "a reference to nothing");
  // Each level doubles what the one before holds.
  Buffer bomb = Buffer{10} + number(2, 4) + Buffer{5, 5};
  for (uint32_t i = 0; i < 1000; ++i)
    bomb = bomb + Buffer{10} + number(2, 4) + Buffer{7} + number(i, 2) + Buffer{7} + number(i, 2);
  const amf::Read read = amf::read_amf0(bomb);
  check(read.truncated || read.deep, "what doubles again and again is cut");
  // A long text, named again and again.
  Buffer texts = Buffer{3} + name("t") + Buffer{12} + number(60'000, 4) + Buffer(60'000, 'x') + object_end;
  for (int i = 0; i < 1000; ++i) texts = std::move(texts) + Buffer{7, 0, 0};
  check(amf::read_amf0(texts).truncated, "what copies a long text is cut");
}

/** A reference costs what its object does, also where nothing of it has a place: together they stay in bounds. */
void references_cost_little() {
  // Text of its own first, so that no place is left for a property with a long name.
  Buffer wide = Buffer{12} + number(900, 4) + Buffer(900, 'x') + Buffer{3} + number(200, 2) + Buffer(200, 'n') +
                Buffer{10} + number(200'000, 4) + Buffer(200'000, 6) + object_end;
  for (int i = 0; i < 1500; ++i) wide.insert(wide.end(), {7, 0, 0});
  const std::clock_t from = std::clock();
  amf::Read read = amf::read_amf0(wide, {16, 16'384, 1000});
  const double seconds = static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
  check(seconds < 6, "1500 references to 200 kB take " + std::to_string(seconds) + " s");
  check(read.truncated && !read.wrong, "too many references are read over");
  same(read.values.size(), 1502u, "values");

  const auto whole = [](const auto& values, size_t items) {
    size_t found = 0;
    for (const Value& value : values) found += value.items.size() == items;
    return found;
  };
  const amf::Limits much{16, 100'000'000, 1 << 20};
  Buffer bytes = Buffer{10} + number(100'000, 4) + Buffer(100'000, 5);
  for (int i = 0; i < 100; ++i) bytes.insert(bytes.end(), {7, 0, 0});
  read = amf::read_amf0(bytes, much);
  same(whole(read.values, 100'000), 5u, "copies of a long array");
  check(read.truncated && read.values.size() == 101, "the others are undefined");
  // An array in an array: what it refers to counts, too.
  Buffer nested = Buffer{10} + number(50'000, 4) + Buffer(50'000, 5) + Buffer{10} + number(2, 4) + Buffer{7, 0, 0} +
                  Buffer{7, 0, 0};
  for (int i = 0; i < 100; ++i) nested.insert(nested.end(), {7, 0, 1});
  read = amf::read_amf0(nested, much);
  check(read.truncated && whole(read.values[1].items, 50'000) == 2, "references in references");
  // AMF3: an array of 20,000 false.
  Buffer three = Buffer{9} + Buffer{0x82, 0xb8, 0x41, 1} + Buffer(20'000, 2);
  for (int i = 0; i < 100; ++i) three.insert(three.end(), {9, 0});
  read = amf::read_amf3(three, much);
  check(read.truncated && whole(read.values, 20'000) < 10, "references of AMF3");
  // A small object may be referred to often.
  Buffer small = Buffer{3} + name("k") + Buffer{1, 1} + object_end;
  for (int i = 0; i < 5000; ++i) small.insert(small.end(), {7, 0, 0});
  read = amf::read_amf0(small);
  check(!read.truncated && whole(read.values, 1) == 5001, "many references to a small object");
}

void names_of_classes_are_bounded() {
  // Names that are empty take one byte each, and so do values that are null.
  const auto of = [](size_t names) {
    const auto head = static_cast<uint32_t>(names << 4 | 3);
    return Buffer{10,
                  static_cast<uint8_t>(0x80 | head >> 14),
                  static_cast<uint8_t>(0x80 | (head >> 7 & 127)),
                  static_cast<uint8_t>(head & 127),
                  3,
                  'C'} +
           Buffer(names, 1) + Buffer(names, 1);
  };
  check(!amf::read_amf3(of(900), {16, 1000, 1000}).wrong, "900 names");
  const amf::Read read = amf::read_amf3(of(2000), {16, 1000, 1000});
  check(read.wrong && read.truncated && read.values.at(0).items.empty(), "2000 names are no class");
  check(amf::read_amf3(of(600) + of(600), {16, 1000, 1000}).wrong != nullptr, "those of all classes count");
}

void limits() {
  for (const uint8_t type : {3, 8, 10, 16}) {
    const Buffer more = type == 3 ? Buffer{} : type == 16 ? name("C") : number(1, 4);
    const Buffer level = Buffer{type} + more + (type == 10 ? Buffer{} : name("k"));
    for (const int depth : {16, 17, 100'000}) {
      Buffer bytes;
      for (int i = 0; i < depth; ++i) bytes.insert(bytes.end(), level.begin(), level.end());
      const amf::Read read = amf::read_amf0(bytes);
      same(read.deep, depth > 16, std::to_string(depth) + " levels of type " + std::to_string(type));
    }
  }
  Buffer deep3;
  for (int i = 0; i < 1000; ++i) deep3 = std::move(deep3) + Buffer{9, 3, 1};
  check(amf::read_amf3(deep3).deep, "AMF3 nests no deeper");
  check(amf::read_amf0(Buffer{17} + deep3).deep, "nor within AMF0");
  Buffer many = Buffer{3};
  for (int i = 0; i < 5000; ++i) many = std::move(many) + name("k") + Buffer{5};
  many = std::move(many) + object_end + Buffer{1, 1};
  const amf::Read read = amf::read_amf0(many, {16, 1000, 1 << 20});
  check(read.truncated && !read.wrong, "more values than are kept are read over");
  same(read.values.at(0).items.size(), 999u, "values kept");
  same(amf0(Buffer{2} + name("abc") + Buffer{5}, {16, 10, 2}), "'' null truncated", "a text that is too long");
}

void every_type_of_amf3() {
  same(amf3({0, 1, 2, 3}), "undefined null false true", "simple values");
  same(amf3({4, 5, 4, 0xff, 0xff, 0xff, 0xff, 4, 0x81, 0}), "5.00 -1.00 128.00", "integers");
  same(amf3(Buffer{5} + real(-2.5)), "-2.50", "a double");
  same(amf3({6, 5, 'a', 'b', 6, 0, 6, 1}), "'ab' 'ab' ''", "strings, one by reference");
  same(amf3(Buffer{8, 1} + real(7) + Buffer{8, 0}), "date 7 date 7", "a date, and a reference to it");
  same(amf3({9, 5, 1, 2, 3}), "(false,true)", "an array");
  same(amf3({9, 3, 3, 'k', 1, 1, 2}), "[k:null,0:false]", "an array with a name");
  // Class C with one name, dynamic besides; then another one of it.
  same(amf3({10, 0x1b, 3, 'C', 3, 's', 3, 3, 'd', 2, 1, 10, 1, 2, 1}), "C{s:true,d:false} C{s:false}",
       "an object, and another one of its class");
  same(amf3(Buffer{10, 7, 67} + text("flex.messaging.io.ArrayCollection") + Buffer{9, 3, 1, 3}),
       "flex.messaging.io.ArrayCollection{source:(true)}", "a collection");
  same(amf3({10, 7, 3, 'C', 1}), "C{} ! an object of a class that nobody knows", "an external class");
  same(amf3({11, 3, 'x', 7, 3, 'y', 12, 5, 1, 2}), "<x> <y> bytes \x01\x02", "XML and bytes");
  same(amf3({13, 5, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 14, 3, 0, 0xff, 0xff, 0xff, 0xff}),
       "(-1.00,1.00) (4294967295.00)", "vectors of integers");
  same(amf3(Buffer{15, 3, 0} + real(1.5) + Buffer{16, 3, 0, 1, 6, 3, 'x'}), "(1.50) ('x')", "other vectors");
  same(amf3({17, 3, 0, 6, 3, 'k', 3}), "('k',true)", "a dictionary");
  same(amf3({9, 3, 1, 6, 3, 'a', 9, 0, 6, 3, 'b', 6, 2}), "('a') ('a') 'b' 'b'",
       "strings that are read again count once");
  same(amf3({6, 2}), "undefined ! refers to a string that is not there", "a string that is not there");
  same(amf3({10, 5}), "undefined ! refers to a class that is not there", "a class that is not there");
  same(amf3({9, 3, 1, 9, 0, 9, 0}), "(undefined) (undefined)", "an array that holds itself");
  same(shown(amf::read_message(Buffer{0, 2, 0, 1, 'a'}, true)), "'a'", "an AMF3 message of AMF0");
  same(shown(amf::read_message(Buffer{2, 0, 1, 'a'}, true)), "'a'", "without its 0 byte");
  same(shown(amf::read_message(Buffer{6, 3, 'a'}, true)), "'a'", "an AMF3 message of AMF3");
}

Value random_value(Dice& dice, int depth) {
  const auto word = [&] { return std::string(roll(dice, 5), static_cast<char>('a' + roll(dice, 25))); };
  Value value(static_cast<Value::Type>(roll(dice, depth > 0 ? 10 : 6)));
  if (value.is(Value::Type::boolean)) return Value(roll(dice, 1) == 1);
  if (value.is(Value::Type::number) || value.is(Value::Type::date))
    value.number = static_cast<double>(roll(dice, 9999));
  if (value.is(Value::Type::string)) value.text = roll(dice, 30) == 0 ? std::string(70'000, 'x') : word();
  if (value.is(Value::Type::xml)) value.text = word();
  if (value.is(Value::Type::bytes)) return Value::null();
  if (value.is(Value::Type::object) && roll(dice, 3) == 0) value.text = word();
  for (size_t i = roll(dice, 3); value.type >= Value::Type::object && i > 0; --i) {
    if (value.has_names()) value.names.push_back("k" + word());
    value.items.push_back(random_value(dice, depth - 1));
  }
  return value;
}

void any_value_and_any_bytes() {
  Dice dice(1);
  for (int i = 0; i < 2000; ++i) {
    const Value value = random_value(dice, 5);
    Buffer bytes;
    amf::append_amf0(&bytes, value);
    const std::string wanted = shown(value);
    if (bytes.size() < 500'000) same(amf0(bytes).substr(0, 300), wanted.substr(0, 300), "a value, written and read");
    // Cut, changed, and taken for AMF3: anything may come of it but a byte beside its place.
    for (int j = 0; j < 4; ++j) {
      Buffer other(bytes.begin(),
                   bytes.begin() + static_cast<ptrdiff_t>(roll(dice, std::min<size_t>(bytes.size(), 300))));
      for (uint8_t& byte : other) byte = roll(dice, 9) == 0 ? static_cast<uint8_t>(roll(dice, 255)) : byte;
      amf::read_amf0(other);
      amf::read_message(other, true);
      amf::read_amf3(other);
    }
  }
  Buffer noise(400);
  for (int i = 0; i < 3000; ++i) {
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(roll(dice, i % 2 ? 255 : 18));
    amf::read_amf0(noise);
    amf::read_amf3(noise);
  }
  check(std::isnan(amf::read_amf0(Buffer{0} + real(NAN)).values.at(0).number), "no number stays none");
}

}  // namespace

void amf_values() {
  every_type_of_amf0();
  references();
  references_cost_little();
  names_of_classes_are_bounded();
  limits();
  every_type_of_amf3();
  any_value_and_any_bytes();
}

}  // namespace test
