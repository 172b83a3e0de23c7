#include "capture/codecs/picture_codec.h"
#include "h264/avc_config.h"
#include "h264/sps.h"

namespace rxgst {
namespace {

constexpr int64_t macroblock = 16;

class H264Pictures final : public PictureCodec {
 public:
  MaybeProblem check(const uint8_t* data, size_t size, const SizeLimit& limit) override {
    MaybeProblem problem;
    each_unit(data, size, length_size_, [&](const uint8_t* nal, size_t length) {
      if (!problem && is_sequence_set(nal)) problem = check_set(nal, length, limit);
    });
    return problem;
  }

  AccessUnit read(const uint8_t* data, size_t size, size_t most) override {
    return read_access_unit(data, size, length_size_, most);
  }

  std::optional<std::vector<uint8_t>> mended(const uint8_t* data, size_t size) override {
    if (length_size_ == 0) return std::nullopt;
    return without_odd_units(data, size, length_size_);
  }

 protected:
  /** libav reads both lists of parameter sets with one reader. */
  MaybeProblem read_record(const uint8_t* record, size_t size, const SizeLimit& limit) override {
    length_size_ = 0;
    if (size == 0) return std::nullopt;
    if (!is_avc_config(record, size)) return bad("is none");
    length_size_ = nal_length_size(record, size);
    // A length of 3 bytes is reserved, and data that begins with the number 1 looks like a record to libav.
    if (length_size_ == 3) return bad("announces lengths of 3 bytes");
    MaybeProblem problem;
    const auto add = [&](const uint8_t* nal, size_t length) {
      if (length == 0) return true;
      // If a start code follows, libav finds it, and may read the first set differently because of it.
      if (find_start_code(nal, length, 0) < length)
        problem = bad("hides a parameter set in another");
      else if (is_sequence_set(nal))
        problem = check_set(nal, length, limit);
      return !problem;
    };
    if (each_parameter_set(record, size, AvcLists::all_sets, add) == AvcSets::torn)
      return bad("ends within a parameter set");
    return problem;
  }

 private:
  static Problem bad(const char* how) { return bad_record("an H.264", how); }

  static MaybeProblem check_set(const uint8_t* nal, size_t size, const SizeLimit& limit) {
    const auto coded = coded_size(nal, size);
    if (!coded) return Problem{"ERR_BAD_STREAM", "an H.264 parameter set that cannot be read, or not in one way alone"};
    // Parameter sets of further layers have profiles of their own.
    if (unit_type(nal) == sps_unit && !is_known_profile(coded->profile)) {
      return Problem{"ERR_UNSUPPORTED_MEDIA", "H.264 of profile " + std::to_string(coded->profile) +
                                                  "; baseline, main, extended and high are taken"};
    }
    if (unit_type(nal) == sps_unit && !coded->known_depth)
      return Problem{"ERR_UNSUPPORTED_MEDIA", "H.264 whose samples have neither 8, 10 nor 12 bits each"};
    return limit.check(coded->width, coded->height, macroblock);
  }

  /** Bytes of a NAL unit's length; 0: start codes. */
  int length_size_ = 0;
};

}  // namespace

std::unique_ptr<PictureCodec> h264_pictures() { return std::make_unique<H264Pictures>(); }

}  // namespace rxgst
