// Data messages: metadata, cue points, captions, and whatever else has a name.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rtmp/amf/reader.h"
#include "rtmp/amf/value.h"
#include "rtmp/protocol/events.h"

namespace rxgst::rtmp {

/** What a server tells its publishers to write before metadata; some hand it on to players. */
constexpr std::string_view set_data_frame = "@setDataFrame";

struct ScriptData {
  /** `onMetaData`, `onCuePoint`, `onTextData`; empty: it has none. */
  std::string name;
  std::vector<amf::Value> values;
  /** As `amf::Read` has it: the values up to what is wrong are there. */
  const char* wrong = nullptr;
  bool truncated = false;
};

/** Of a message of `MediaKind::data`, without `@setDataFrame`. */
ScriptData read_script_data(const MediaMessage& message, const amf::Limits& limits = {});

/** The payload of such a message; a publisher's metadata are `@setDataFrame`, `onMetaData` and an array. */
Payload write_script_data(const std::vector<amf::Value>& values);

}  // namespace rxgst::rtmp
