#include "rtmp/elements/record.h"

namespace rxgst::rtmp {

namespace {

/** Some publishers write parameter sets behind start codes in its place. */
bool has_start_code(Bytes record) {
  return record.size() > 4 && record[0] == 0 && record[1] == 0 &&
         (record[2] == 1 || (record[2] == 0 && record[3] == 1));
}

/** AVCDecoderConfigurationRecord up to its first parameter set, which must be whole. */
bool is_avc_record(Bytes record) {
  constexpr size_t head = 8;
  constexpr uint8_t sequence_parameters = 7;
  if (record.size() <= head || record[0] != 1 || (record[5] & 31) == 0) return false;
  const size_t size = number_at(record.data() + 6, 2);
  return size > 3 && size <= record.size() - head && (record[head] & 31) == sequence_parameters;
}

/** AudioSpecificConfig: an object type, a rate, and 0 to 7 or 11 to 14 channels. */
bool is_aac_record(Bytes record) {
  if (record.size() < 2 || record[0] >> 3 == 0) return false;
  const int rate = (record[0] & 7) << 1 | record[1] >> 7;
  return rate < 13 || rate == 15;
}

}  // namespace

bool is_usable_record(Codec codec, Bytes record) {
  // Up to the lengths of NAL units.
  constexpr size_t least_hevc = 23, least_vvc = 6, least_av1 = 4, least_opus = 19, least_flac = 42;
  switch (codec) {
    case Codec::h264:
      return has_start_code(record) || is_avc_record(record);
    case Codec::hevc:
      return has_start_code(record) || record.size() >= least_hevc;
    case Codec::vvc:
      return has_start_code(record) || record.size() >= least_vvc;
    case Codec::av1:
      return record.size() >= least_av1 && record[0] == 0x81;
    case Codec::aac:
      return is_aac_record(record);
    case Codec::opus:
      return record.size() >= least_opus && text_of(record.first(8)) == "OpusHead";
    case Codec::flac:
      return record.size() >= least_flac && text_of(record.first(4)) == "fLaC";
    default:
      return true;
  }
}

}  // namespace rxgst::rtmp
