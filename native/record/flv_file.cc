#include "record/flv_file.h"

#include <algorithm>

#include "output/flv.h"

namespace rxgst::record {
namespace {

rtmp::Codec codec_of(const mux::Format& format) {
  switch (format.codec) {
    case mux::Codec::hevc:
      return rtmp::Codec::hevc;
    case mux::Codec::av1:
      return rtmp::Codec::av1;
    default:
      return rtmp::Codec::h264;
  }
}

flv::Timestamp to_ms(int64_t ns) { return static_cast<flv::Timestamp>(std::max<int64_t>(0, ns) / 1'000'000); }

BufferRef record_of(const mux::Format& format) {
  return BufferRef(gst_buffer_new_memdup(format.record.data(), format.record.size()));
}

class FlvFile final : public mux::Container {
 public:
  FlvFile(const mux::Formats& formats, mux::Bytes& out) : formats_(formats) {
    constexpr uint32_t has_video = 1, has_audio = 4, header_bytes = 9;
    out.u8('F').u8('L').u8('V').u8(1);
    out.u8((formats.video ? has_video : 0) | (formats.audio ? has_audio : 0)).u32(header_bytes).u32(0);
    if (formats.video) put(flv::video_header_tag(codec_of(*formats.video), record_of(*formats.video).get(), 0), out);
    if (formats.audio) put(flv::aac_header_tag(record_of(*formats.audio).get(), 0), out);
  }

  void add(mux::Packet packet, mux::Bytes& out) override {
    const auto at = to_ms(packet.dts_ns);
    if (!packet.video) return put(flv::aac_tag(packet.data.get(), at), out);
    const auto composition = static_cast<int32_t>(to_ms(packet.pts_ns) - at);
    put(flv::video_tag(codec_of(*packet.format), packet.data.get(), packet.key, at, composition), out);
  }
  void flush(mux::Bytes&) override {}
  void finish(mux::Bytes&, std::vector<mux::Patch>&) override {}

 private:
  static void put(const BufferRef& tag, mux::Bytes& out) {
    const MappedBuffer bytes(tag.get());
    out.add({bytes.data(), bytes.size()});
  }

  const mux::Formats formats_;
};

}  // namespace

std::unique_ptr<mux::Container> flv_file(const mux::Formats& formats, mux::Bytes& out) {
  return std::make_unique<FlvFile>(formats, out);
}

}  // namespace rxgst::record
