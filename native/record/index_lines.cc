#include "record/index_lines.h"

#include <cstdio>
#include <ctime>

namespace rxgst::record {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      result += code;
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string time_text(int64_t unix_ms) {
  const auto seconds = static_cast<time_t>(unix_ms / 1000);
  struct tm utc{};
  gmtime_r(&seconds, &utc);
  char day[32], text[48];
  strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof text, "\"%s.%03dZ\"", day, static_cast<int>(unix_ms % 1000));
  return text;
}

std::string beginning(const Segment& segment) {
  return "{\"file\":" + quoted(segment.file) + ",\"begin\":" + time_text(segment.begin_ms);
}

}  // namespace

std::string opened_line(const Segment& segment) { return beginning(segment) + "}\n"; }

std::string finished_line(const Segment& segment) {
  return beginning(segment) + ",\"end\":" + time_text(segment.begin_ms + segment.duration_ms) +
         ",\"duration\":" + std::to_string(segment.duration_ms) + ",\"bytes\":" + std::to_string(segment.bytes) + "}\n";
}

std::string removed_line(const Segment& segment) {
  return "{\"file\":" + quoted(segment.file) + ",\"removed\":true}\n";
}

}  // namespace rxgst::record
