#include "av1/temporal_unit.h"
#include "capture/codecs/picture_codec.h"

namespace rxgst {
namespace {

constexpr uint32_t most_profile = 2;

class Av1Pictures final : public PictureCodec {
 public:
  MaybeProblem check(const uint8_t* data, size_t size, const SizeLimit& limit) override {
    MaybeProblem problem;
    av1::each_obu(data, size, [&](const av1::Obu& obu) {
      if (obu.type == av1::sequence_header) problem = check_header(obu, limit);
      return !problem;
    });
    if (!problem && headless_)
      problem = Problem{"ERR_BAD_STREAM", "AV1 whose keyframes have no sequence header, and no configuration record"};
    return problem;
  }

  AccessUnit read(const uint8_t* data, size_t size, size_t most) override {
    const AccessUnit unit = units_.read(data, size, most);
    // A keyframe that is shown has a sequence header beside it, or at least in the record.
    headless_ = unit.instant && !units_.known();
    return unit;
  }

  /** Without what follows the last whole OBU. */
  std::optional<std::vector<uint8_t>> mended(const uint8_t* data, size_t size) override {
    const size_t whole = av1::each_obu(data, size, [](const av1::Obu& obu) { return obu.type != av1::tile_list; });
    if (whole == size) return std::nullopt;
    return std::vector<uint8_t>(data, data + whole);
  }

 protected:
  /** av1C (AV1 Codec ISO Media File Format Binding, 2.3.3): four bytes, and the OBUs that hold for all pictures. */
  MaybeProblem read_record(const uint8_t* record, size_t size, const SizeLimit& limit) override {
    constexpr size_t head_bytes = 4;
    if (size == 0) return std::nullopt;
    if (size < head_bytes || record[0] != 0x81) return bad_record("an AV1", "is none");
    av1::each_obu(record + head_bytes, size - head_bytes, [&](const av1::Obu& obu) {
      if (obu.type == av1::sequence_header) units_.note(obu.payload, obu.payload_size);
    });
    return check(record + head_bytes, size - head_bytes, limit);
  }

 private:
  static MaybeProblem check_header(const av1::Obu& obu, const SizeLimit& limit) {
    const auto header = av1::read_sequence_header(obu.payload, obu.payload_size);
    if (!header) return Problem{"ERR_BAD_STREAM", "an AV1 sequence header that cannot be read"};
    if (header->profile > most_profile)
      return Problem{"ERR_UNSUPPORTED_MEDIA", "AV1 of profile " + std::to_string(header->profile)};
    return limit.check(header->width, header->height);
  }

  av1::TemporalUnits units_;
  /** The last unit that was read is a keyframe that nothing can decode. */
  bool headless_ = false;
};

}  // namespace

std::unique_ptr<PictureCodec> av1_pictures() { return std::make_unique<Av1Pictures>(); }

}  // namespace rxgst
