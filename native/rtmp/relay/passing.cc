#include "rtmp/relay/passing.h"

#include <string_view>
#include <utility>

#include "rtmp/protocol/script_data.h"
#include "rtmp/tags/tag_reader.h"

namespace rxgst::rtmp {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view head = "\2\0\15@setDataFrame"sv;
constexpr std::string_view metadata_name = "\2\0\12onMetaData"sv;
/** A server's words to its player, which are no part of the stream. */
constexpr std::string_view server_names[] = {"\2\0\21|RtmpSampleAccess"sv, "\2\0\10onStatus"sv,
                                             "\2\0\14onPlayStatus"sv};
/** Of data in AMF3, which is written anew. */
constexpr amf::Limits script_limits{16, 4096, 256 << 10};

Content content_of(FrameKind kind) {
  switch (kind) {
    case FrameKind::media:
    case FrameKind::silence:
      return Content::media;
    case FrameKind::config:
    case FrameKind::metadata:
    case FrameKind::channels:
    case FrameKind::ts_config:
      return Content::record;
    case FrameKind::end:
    case FrameKind::command:
    case FrameKind::unknown:
      return Content::moment;
  }
  return Content::moment;
}

}  // namespace

Bytes metadata_head() { return bytes_of(head); }

std::optional<Payload> script_payload(MediaMessage message) {
  if (message.amf3) {
    const amf::Read read = amf::read_message(message.payload.bytes, true, script_limits);
    if (read.wrong || read.truncated || read.values.empty()) return std::nullopt;
    message.payload = write_script_data(read.values);
  }
  const size_t size = message.payload.bytes.size();
  if (!text_of(message.payload.bytes).starts_with(head)) return std::move(message.payload);
  return message.payload.part(head.size(), size - head.size());
}

Seen look_at(const MediaMessage& message) {
  Seen it;
  it.video = message.kind == MediaKind::video;
  const Bytes bytes = message.payload.bytes;
  if (message.kind == MediaKind::data) {
    const std::string_view text = text_of(bytes);
    it.content = Content::moment;
    if (text.empty()) it.content = Content::none;
    if (text.starts_with(metadata_name)) it.content = Content::metadata;
    for (const std::string_view name : server_names) {
      if (text.starts_with(name)) it.content = Content::none;
    }
    return it;
  }
  TagReader reader(it.video, bytes);
  if (reader.next(&it.frame)) {
    it.content = content_of(it.frame.kind);
    it.key = it.video && it.frame.kind == FrameKind::media && it.frame.key;
  } else if (!bytes.empty()) {
    // Of a kind that nobody here knows; the other end may.
    it.content = Content::media;
  }
  return it;
}

}  // namespace rxgst::rtmp
