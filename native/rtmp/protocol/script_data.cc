#include "rtmp/protocol/script_data.h"

#include <iterator>
#include <utility>

#include "rtmp/amf/writer.h"

namespace rxgst::rtmp {

ScriptData read_script_data(const MediaMessage& message, const amf::Limits& limits) {
  amf::Read read = amf::read_message(message.payload.bytes, message.amf3, limits);
  ScriptData data{{}, {}, read.wrong, read.truncated};
  const auto is_name = [&](size_t at) {
    return at < read.values.size() && read.values[at].is(amf::Value::Type::string);
  };
  size_t at = is_name(0) && read.values[0].text == set_data_frame ? 1 : 0;
  if (is_name(at)) data.name = std::move(read.values[at++].text);
  data.values.assign(std::make_move_iterator(read.values.begin() + static_cast<ptrdiff_t>(at)),
                     std::make_move_iterator(read.values.end()));
  return data;
}

Payload write_script_data(const std::vector<amf::Value>& values) {
  std::vector<uint8_t> bytes;
  for (const amf::Value& value : values) amf::append_amf0(&bytes, value);
  return Payload::of(std::move(bytes));
}

}  // namespace rxgst::rtmp
