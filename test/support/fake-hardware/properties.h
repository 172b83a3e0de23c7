// Properties as a text tells them, kept as they are set: elements.h has the texts.
#pragma once
#include <gst/gst.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace fake {

using Values = std::map<std::string, GValue>;

inline GType enum_type(const std::string& name, const std::vector<std::string>& nicks) {
  // Types live as long as the process.
  auto* values = new std::vector<GEnumValue>;
  for (const std::string& nick : nicks) {
    const char* text = g_intern_string(nick.c_str());
    values->push_back({static_cast<gint>(values->size()), text, text});
  }
  values->push_back({0, nullptr, nullptr});
  return g_enum_register_static(g_intern_string(name.c_str()), values->data());
}

inline GParamSpec* spec_of(const std::string& type_name, const std::string& line) {
  std::istringstream words(line);
  std::string name, kind;
  words >> name >> kind;
  const bool read_only = name.front() == '=';
  if (read_only) name.erase(0, 1);
  const GParamFlags access = read_only ? G_PARAM_READABLE : G_PARAM_READWRITE;
  const auto flags = static_cast<GParamFlags>(access | G_PARAM_STATIC_STRINGS);
  const char* id = g_intern_string(name.c_str());
  if (kind == "e") {
    std::vector<std::string> nicks;
    for (std::string nick; words >> nick;) nicks.push_back(nick);
    return g_param_spec_enum(id, id, id, enum_type(type_name + "-" + name, nicks), 0, flags);
  }
  double least = 0, most = 0, usual = 0;
  if (kind == "b") {
    words >> usual;
    return g_param_spec_boolean(id, id, id, usual != 0, flags);
  }
  if (kind == "s") return g_param_spec_string(id, id, id, nullptr, flags);
  words >> least >> most >> usual;
  if (kind == "i") {
    const auto whole = [](double number) { return static_cast<gint>(number); };
    return g_param_spec_int(id, id, id, whole(least), whole(most), whole(usual), flags);
  }
  if (kind == "u") {
    const auto whole = [](double number) { return static_cast<guint>(number); };
    return g_param_spec_uint(id, id, id, whole(least), whole(most), whole(usual), flags);
  }
  return g_param_spec_double(id, id, id, least, most, usual, flags);
}

inline void install(GObjectClass* type, const char* text) {
  std::istringstream lines(text ? text : "");
  guint id = 1;
  for (std::string line; std::getline(lines, line);) {
    g_object_class_install_property(type, id++, spec_of(G_OBJECT_CLASS_NAME(type), line));
  }
}

/** What was set; 0 where nothing was. */
inline gint64 number_of(const Values& values, const std::string& name, gint64 otherwise) {
  const auto found = values.find(name);
  if (found == values.end()) return otherwise;
  const GValue* value = &found->second;
  if (G_VALUE_HOLDS_INT(value)) return g_value_get_int(value);
  return G_VALUE_HOLDS_UINT(value) ? g_value_get_uint(value) : otherwise;
}

}  // namespace fake
