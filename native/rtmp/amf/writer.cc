#include "rtmp/amf/writer.h"

#include <bit>

namespace rxgst::amf {

namespace {

void put(std::vector<uint8_t>* out, uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out->push_back(static_cast<uint8_t>(value >> 8 * i));
}

void put_text(std::vector<uint8_t>* out, std::string_view text) { out->insert(out->end(), text.begin(), text.end()); }

void put_name(std::vector<uint8_t>* out, std::string_view name) {
  name = name.substr(0, 65'535);
  put(out, name.size(), 2);
  put_text(out, name);
}

void put_properties(std::vector<uint8_t>* out, const Value& value) {
  for (size_t i = 0; i < value.names.size() && i < value.items.size(); ++i) {
    put_name(out, value.names[i]);
    append_amf0(out, value.items[i]);
  }
  put(out, 9, 3);
}

}  // namespace

void append_amf0(std::vector<uint8_t>* out, const Value& value) {
  const auto mark = [&](uint8_t marker) { out->push_back(marker); };
  switch (value.type) {
    case Value::Type::undefined:
      return mark(6);
    case Value::Type::null:
      return mark(5);
    case Value::Type::boolean:
      mark(1);
      return mark(value.number != 0 ? 1 : 0);
    case Value::Type::number:
      mark(0);
      return put(out, std::bit_cast<uint64_t>(value.number), 8);
    case Value::Type::date:
      mark(11);
      put(out, std::bit_cast<uint64_t>(value.number), 8);
      return put(out, 0, 2);
    case Value::Type::string:
    case Value::Type::bytes:
      if (value.text.size() <= 65'535) {
        mark(2);
        return put_name(out, value.text);
      }
      mark(12);
      put(out, value.text.size(), 4);
      return put_text(out, value.text);
    case Value::Type::xml:
      mark(15);
      put(out, value.text.size(), 4);
      return put_text(out, value.text);
    case Value::Type::object:
      if (value.text.empty()) {
        mark(3);
      } else {
        mark(16);
        put_name(out, value.text);
      }
      return put_properties(out, value);
    case Value::Type::ecma_array:
      mark(8);
      put(out, value.names.size(), 4);
      return put_properties(out, value);
    case Value::Type::strict_array:
      mark(10);
      put(out, value.items.size(), 4);
      for (const Value& item : value.items) append_amf0(out, item);
      return;
  }
}

std::vector<uint8_t> write_amf0(std::initializer_list<Value> values) {
  std::vector<uint8_t> out;
  for (const Value& value : values) append_amf0(&out, value);
  return out;
}

}  // namespace rxgst::amf
