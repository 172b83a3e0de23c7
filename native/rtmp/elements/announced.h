// What metadata promise of a stream.
#pragma once
#include "rtmp/amf/reader.h"
#include "rtmp/protocol/events.h"

namespace rxgst::rtmp {

/** 1: there will be such a track. */
struct Announced {
  int video = 0, audio = 0;
};

/** Of a data message; metadata that name neither codec promise nothing. */
inline Announced announced_by(const MediaMessage& message) {
  constexpr amf::Limits limits{16, 2048, 64 << 10};
  const amf::Read read = amf::read_message(message.payload.bytes, message.amf3, limits);
  const auto named = [&](size_t index, const char* name) {
    return read.values.size() > index && read.values[index].is(amf::Value::Type::string) &&
           read.values[index].text == name;
  };
  if (!named(0, "onMetaData") && !(named(0, "@setDataFrame") && named(1, "onMetaData"))) return {};
  const amf::Value& facts = read.values.back();
  const auto promised = [&](const char* name) {
    const amf::Value* codec = facts.find(name);
    if (!codec) return 0;
    // 0: a server filled in what it has not got.
    return codec->is(amf::Value::Type::number) ? static_cast<int>(codec->number != 0) : 1;
  };
  return {promised("videocodecid"), promised("audiocodecid")};
}

}  // namespace rxgst::rtmp
