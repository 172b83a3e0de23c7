// What the programs of this folder share: data in hexadecimal digits, and a count of what was not so.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

inline int failures = 0;
inline void check(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s: not so\n", what.c_str());
  ++failures;
}

inline Bytes hex(const std::string& text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  return bytes;
}
