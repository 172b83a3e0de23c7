// Assembles the messages of an RTMP connection from the server's bytes, within limits. Arithmetic alone.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "rtmp/amf_walk.h"
#include "rtmp/flood_rules.h"

namespace rxgst {

struct RtmpMessage {
  int type = 0;
  uint32_t chunk_stream = 0;
  uint32_t stream = 0;
  uint32_t timestamp = 0;
  std::string payload;
};

/**
 * Starts at the server's first byte. The client behind it gets whole messages only: no aborted message, and none that
 * would crash it.
 */
class MessageReader {
 public:
  static constexpr size_t handshake_bytes = 1 + 2 * 1536;
  /** The first byte of a server. */
  static constexpr char version = 3;

  /** Whether the server spoke RTMP at all: other data is no flood. */
  bool spoke() const { return spoke_; }

  /**
   * Hands on complete messages; or returns, in a whole sentence, why no more is accepted.
   * @param raw gets the handshake's bytes, as they come
   */
  std::optional<std::string> take(const char* data, size_t size, int64_t at,
                                  const std::function<void(const char*, size_t)>& raw,
                                  const std::function<void(const RtmpMessage&)>& message) {
    if (greeted_ == 0 && size > 0 && data[0] != version) refuse("no answer of RTMP's");
    if (refused_) return refused_;
    if (greeted_ < handshake_bytes) {
      const size_t step = std::min(handshake_bytes - greeted_, size);
      raw(data, step);
      greeted_ += step;
      data += step;
      size -= step;
    }
    bytes_.append(data, size);
    size_t used = 0;
    while (!refused_) {
      const size_t step =
          chunk(reinterpret_cast<const uint8_t*>(bytes_.data()) + used, bytes_.size() - used, at, message);
      if (step == 0) break;
      used += step;
    }
    bytes_.erase(0, used);
    return refused_;
  }

 private:
  static constexpr size_t max_message_bytes = 8 * 1024 * 1024;
  static constexpr size_t max_pending_bytes = 8 * 1024 * 1024;
  /** Known servers use fewer than ten. */
  static constexpr size_t max_chunk_streams = 256;
  static constexpr uint32_t extended = 0xffffff;
  static constexpr size_t max_kept_bytes = 65'536;

  struct ChunkStream {
    RtmpMessage message;
    uint32_t field = 0;
    uint32_t length = 0;
    bool known = false;
    bool open = false;
  };

  size_t refuse(std::string why) {
    refused_ = "the server sends " + std::move(why);
    return 0;
  }

  static uint32_t number(const uint8_t* data, int bytes) {
    uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | data[i];
    return value;
  }

  /** Reads one chunk, if it is complete. Returns its size; 0: not yet complete, or bad. */
  size_t chunk(const uint8_t* data, size_t size, int64_t at, const std::function<void(const RtmpMessage&)>& message) {
    if (size < 1) return 0;
    const int format = data[0] >> 6;
    const uint32_t low = data[0] & 63;
    const size_t basic = low == 0 ? 2 : low == 1 ? 3 : 1;
    static constexpr size_t lengths[] = {11, 7, 3, 0};
    const size_t head = basic + lengths[format];
    if (size < head) return 0;
    const uint32_t id = low > 1 ? low : low == 0 ? 64u + data[1] : 64u + data[1] + 256u * data[2];
    if (!streams_.contains(id) && streams_.size() == max_chunk_streams)
      return refuse("more chunk streams than a stream needs");
    ChunkStream& it = streams_[id];
    if (!it.known && format != 0) return refuse("a chunk that refers to none before it");
    const uint8_t* header = data + basic;
    const uint32_t field = format < 3 ? number(header, 3) : it.field;
    const bool longer = format < 3 ? field == extended : it.field == extended;
    const size_t whole = head + (longer ? 4 : 0);
    if (size < whole) return 0;
    const uint32_t length = format < 2 ? number(header + 3, 3) : it.length;
    const bool begins = !it.open || format < 3;
    if (length > max_message_bytes) return refuse("a message of " + std::to_string(length) + " bytes");
    const size_t have = begins ? 0 : it.message.payload.size();
    const size_t body = std::min<size_t>(chunk_size_, length - have);
    if (size < whole + body) return 0;

    if (begins) {
      pending_ -= it.message.payload.size();
      forget(&it.message.payload);
      it.known = it.open = true;
      it.length = length;
      if (format < 3) it.field = field;
      if (format < 2) it.message.type = header[6];
      if (format == 0)
        it.message.stream = header[7] | header[8] << 8 | header[9] << 16 | static_cast<uint32_t>(header[10]) << 24;
      const uint32_t time = longer ? number(data + head, 4) : it.field;
      it.message.timestamp = format == 0 ? time : it.message.timestamp + time;
      it.message.chunk_stream = id;
    }
    it.message.payload.append(reinterpret_cast<const char*>(data + whole), body);
    pending_ += body;
    if (it.message.payload.size() == it.length) {
      pending_ -= it.message.payload.size();
      spoke_ |= it.message.type >= 1 && it.message.type <= 22;
      // The message may abort its own chunk stream.
      it.open = false;
      complete(it.message, at, message);
      forget(&it.message.payload);
    } else if (pending_ > max_pending_bytes) {
      return refuse("messages that it does not end: " + std::to_string(pending_) + " bytes");
    }
    return whole + body;
  }

  void complete(const RtmpMessage& it, int64_t at, const std::function<void(const RtmpMessage&)>& message) {
    const auto* data = reinterpret_cast<const uint8_t*>(it.payload.data());
    const size_t size = it.payload.size();
    const bool media = it.type == 8 || it.type == 9 || it.type == 22;
    const bool script = it.type == 15 || it.type == 18;
    if (script) {
      if (auto why = scripts_.look(1, size, at)) refused_ = std::move(why);
    } else if (!media && controls_.pour(1, at)) {
      refuse("control messages without end: more than 100 a second");
    }
    if (refused_) return;
    switch (it.type) {
      case 1:
        chunk_size_ = size < 4 ? 0 : number(data, 4);
        if (chunk_size_ == 0 || chunk_size_ > 0x7fffffff) refuse("a chunk size of " + std::to_string(chunk_size_));
        // The abort names another chunk stream.
        return;
      case 2:
        if (size >= 4) abort(number(data, 4));
        return;
      // AMF3 kinds begin with a byte that says so; the client reads the AMF0 behind it.
      case 15:
      case 17:
        if (size > 0 && !readable(data + 1, size - 1)) return;
        break;
      case 18:
      case 20:
        if (!readable(data, size)) return;
        break;
      case 22:
        if (!readable_tags(data, size, at)) return;
        break;
      default:
        break;
    }
    if (!refused_) message(it);
  }

  /** Frees the memory of a long payload: 256 chunk streams could keep 2 GiB. */
  static void forget(std::string* payload) {
    if (payload->capacity() > max_kept_bytes)
      std::string().swap(*payload);
    else
      payload->clear();
  }

  /** The client reads metadata within an aggregate like any other metadata. */
  bool readable_tags(const uint8_t* data, size_t size, int64_t now) {
    constexpr size_t head = 11, tail = 4;
    for (size_t at = 0; size - at > head;) {
      const size_t length = number(data + at + 1, 3);
      // The client stops there, too.
      if (size - at < head + length + tail) return true;
      if (data[at] == 18) {
        if (auto why = scripts_.look(1, length, now)) {
          refused_ = std::move(why);
          return false;
        }
        if (!readable(data + at + head, length)) return false;
      }
      at += head + length + tail;
    }
    return true;
  }

  /** Leaves out deep AMF, since the client recurses, and AMF3, whose depth no reader here knows. */
  static bool readable(const uint8_t* data, size_t size) {
    constexpr uint8_t amf3 = 17;
    AmfWalk walk;
    const size_t taken = walk.take(data, size);
    if (walk.verdict() == AmfWalk::Verdict::fine) return true;
    return walk.verdict() == AmfWalk::Verdict::unreadable && data[taken] != amf3;
  }

  void abort(uint32_t id) {
    const auto found = streams_.find(id);
    if (found == streams_.end() || !found->second.open) return;
    pending_ -= found->second.message.payload.size();
    forget(&found->second.message.payload);
    found->second.open = false;
  }

  size_t greeted_ = 0;
  bool spoke_ = false;
  uint32_t chunk_size_ = 128;
  size_t pending_ = 0;
  std::string bytes_;
  std::map<uint32_t, ChunkStream> streams_;
  std::optional<std::string> refused_;
  Leak controls_{1000, 100};
  ScriptRules scripts_;
};

/** Writes a message as chunks of this size, each with a full header. */
inline void append_chunks(const RtmpMessage& it, size_t chunk_size, std::string* out) {
  const bool longer = it.timestamp >= 0xffffff;
  const auto put = [&](uint32_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift & 255));
  };
  const auto basic = [&](uint32_t format) {
    const uint32_t id = it.chunk_stream;
    if (id < 64) return put(format << 6 | id, 1);
    if (id < 320) return put((format << 6) << 8 | (id - 64), 2);
    put((format << 6 | 1) << 16 | ((id - 64) & 255) << 8 | (id - 64) >> 8, 3);
  };
  basic(0);
  put(longer ? 0xffffff : it.timestamp, 3);
  put(static_cast<uint32_t>(it.payload.size()), 3);
  put(static_cast<uint32_t>(it.type), 1);
  for (int shift = 0; shift < 32; shift += 8) put(it.stream >> shift & 255, 1);
  size_t at = 0;
  do {
    if (at > 0) basic(3);
    if (longer) put(it.timestamp, 4);
    out->append(it.payload, at, chunk_size);
    at += chunk_size;
  } while (at < it.payload.size());
}

}  // namespace rxgst
