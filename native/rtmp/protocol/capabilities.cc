#include "rtmp/protocol/capabilities.h"

#include <algorithm>

namespace rxgst::rtmp {

namespace {

constexpr size_t most_names = 64;
constexpr size_t most_name = 32;

bool is_number(const amf::Value& value) {
  return value.is(amf::Value::Type::number) && value.number >= 0 && value.number < 1e9;
}

int bits_of(const amf::Value& object, std::string_view name) {
  const amf::Value* const value = object.find(name);
  return value && is_number(*value) ? static_cast<int>(value->number) : 0;
}

Capabilities::InfoMap map_of(const amf::Value& object, std::string_view name) {
  Capabilities::InfoMap map;
  const amf::Value* const value = object.find(name);
  if (!value || !value->has_names()) return map;
  for (size_t i = 0; i < std::min(value->items.size(), most_names); ++i) {
    const amf::Value& bits = value->items[i];
    if (is_number(bits)) map.emplace_back(value->names[i].substr(0, most_name), static_cast<int>(bits.number));
  }
  return map;
}

amf::Value value_of(const Capabilities::InfoMap& map) {
  amf::Value object = amf::Value::object();
  for (const auto& [name, bits] : map) object.add(name, bits);
  return object;
}

}  // namespace

Capabilities read_capabilities(const amf::Value& object) {
  Capabilities out;
  // An array of either kind: some write one with names.
  if (const amf::Value* const list = object.find("fourCcList")) {
    for (size_t i = 0; i < std::min(list->items.size(), most_names); ++i) {
      const amf::Value& name = list->items[i];
      if (name.is(amf::Value::Type::string)) out.four_ccs.push_back(name.text.substr(0, most_name));
    }
  }
  out.video = map_of(object, "videoFourCcInfoMap");
  out.audio = map_of(object, "audioFourCcInfoMap");
  out.caps_ex = bits_of(object, "capsEx");
  out.video_function = bits_of(object, "videoFunction");
  return out;
}

void add_capabilities(amf::Value* object, const Capabilities& capabilities) {
  if (!capabilities.four_ccs.empty()) {
    amf::Value list = amf::Value::strict_array();
    for (const std::string& name : capabilities.four_ccs) list.items.emplace_back(name);
    object->add("fourCcList", std::move(list));
  }
  if (!capabilities.video.empty()) object->add("videoFourCcInfoMap", value_of(capabilities.video));
  if (!capabilities.audio.empty()) object->add("audioFourCcInfoMap", value_of(capabilities.audio));
  if (capabilities.caps_ex != 0) object->add("capsEx", capabilities.caps_ex);
  if (capabilities.video_function != 0) object->add("videoFunction", capabilities.video_function);
}

std::string taken_pictures(const Capabilities& server) {
  static constexpr const char* known[] = {"avc1", "hvc1", "vvc1", "av01", "vp09", "vp08"};
  const auto takes = [&](std::string_view name) {
    const auto in_map = [&](const auto& it) {
      return it.first == name && (it.second & (can_decode | can_forward)) != 0;
    };
    return std::ranges::find(server.four_ccs, name) != server.four_ccs.end() ||
           std::ranges::any_of(server.video, in_map);
  };
  std::string all;
  if (takes("*")) return all;
  for (const char* name : known) {
    if (takes(name)) all += (all.empty() ? "" : " ") + std::string(name);
  }
  return all;
}

}  // namespace rxgst::rtmp
