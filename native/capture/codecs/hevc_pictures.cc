#include "capture/codecs/picture_codec.h"
#include "hevc/access_unit.h"
#include "hevc/config.h"
#include "hevc/sequence_set.h"

namespace rxgst {
namespace {

/** Coded sizes are whole blocks of 8 pixels at least, and of the largest block at most. */
constexpr int64_t largest_block = 64;
/** GStreamer's element of libav has formats for these alone: of others it ends the process, or gives nothing. */
constexpr bool is_decoded_depth(uint32_t bits) { return bits == 8 || bits == 10 || bits == 12; }

class HevcPictures final : public PictureCodec {
 public:
  MaybeProblem check(const uint8_t* data, size_t size, const SizeLimit& limit) override {
    MaybeProblem problem;
    each_unit(data, size, length_size_, [&](const uint8_t* nal, size_t length) {
      if (!problem) problem = check_unit(nal, length, limit);
    });
    return problem;
  }

  AccessUnit read(const uint8_t* data, size_t size, size_t most) override {
    return hevc::read_access_unit(data, size, length_size_, most);
  }

  std::optional<std::vector<uint8_t>> mended(const uint8_t* data, size_t size) override {
    if (length_size_ == 0) return std::nullopt;
    const auto is_odd = [](size_t length, const uint8_t* nal) { return !hevc::is_taken(nal, length); };
    return without_odd_units(data, size, length_size_, is_odd);
  }

 protected:
  MaybeProblem read_record(const uint8_t* record, size_t size, const SizeLimit& limit) override {
    length_size_ = 0;
    if (size == 0) return std::nullopt;
    if (!hevc::is_record(record, size)) return bad("is none");
    length_size_ = hevc::length_size_of(record);
    if (length_size_ == 3) return bad("announces lengths of 3 bytes");
    MaybeProblem problem;
    const hevc::Sets end = hevc::each_set(record, size, [&](const uint8_t* nal, size_t length) {
      problem = check_unit(nal, length, limit);
      return !problem;
    });
    return end == hevc::Sets::torn ? bad("ends within a parameter set") : problem;
  }

 private:
  static Problem bad(const char* how) { return bad_record("an HEVC", how); }

  static MaybeProblem check_unit(const uint8_t* nal, size_t size, const SizeLimit& limit) {
    if (size == 0 || hevc::unit_type(nal) != hevc::sequence_set_unit) return std::nullopt;
    const bool other_layer = size > hevc::header_bytes && !hevc::is_taken(nal, size);
    if (other_layer) return std::nullopt;
    const auto set = hevc::read_sequence_set(nal, size);
    if (!set) return Problem{"ERR_BAD_STREAM", "an HEVC parameter set that cannot be read"};
    if (!is_decoded_depth(set->depth))
      return Problem{"ERR_UNSUPPORTED_MEDIA", "HEVC whose samples have neither 8, 10 nor 12 bits each"};
    return limit.check(set->width, set->height, largest_block);
  }

  /** Bytes of a NAL unit's length; 0: start codes. */
  int length_size_ = 0;
};

}  // namespace

std::unique_ptr<PictureCodec> hevc_pictures() { return std::make_unique<HevcPictures>(); }

}  // namespace rxgst
