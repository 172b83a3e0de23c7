#include "output/stamp.h"

#include <vector>

#include "av1/stamp.h"
#include "h264/sei.h"
#include "hevc/sei.h"

namespace rxgst {
namespace {

constexpr size_t unit_length_bytes = 4;

/** The position of the first slice, with its length, or of the first picture of AV1; `size`: there is none. */
size_t first_slice(const uint8_t* data, size_t size, UnitSyntax syntax) {
  if (syntax == UnitSyntax::av1)
    return av1::each_obu(data, size, [](const av1::Obu& obu) { return !av1::is_picture(obu.type); });
  size_t slice = size;
  each_length(data, size, unit_length_bytes, [&](size_t at, size_t length, const uint8_t* nal) {
    if (length == 0) return false;
    if (syntax == UnitSyntax::hevc ? hevc::is_slice(hevc::unit_type(nal)) : is_slice(nal)) slice = at;
    return slice == size;
  });
  return slice;
}

/** The unit as it stands in a packet. */
std::vector<uint8_t> placed(const std::vector<uint8_t>& unit, UnitSyntax syntax) {
  if (syntax == UnitSyntax::av1) return unit;
  std::vector<uint8_t> placed{0, 0, static_cast<uint8_t>(unit.size() >> 8), static_cast<uint8_t>(unit.size())};
  placed.insert(placed.end(), unit.begin(), unit.end());
  return placed;
}

std::vector<uint8_t> stamp_unit(int64_t unix_us, UnitSyntax syntax) {
  if (syntax == UnitSyntax::av1) return av1::stamp_obu(unix_us);
  return syntax == UnitSyntax::hevc ? hevc::stamp_nal(unix_us) : stamp_nal(unix_us);
}

}  // namespace

BufferRef with_unit(GstBuffer* packet, const std::vector<uint8_t>& unit, UnitSyntax syntax) {
  size_t size = 0, slice = 0;
  {
    const MappedBuffer bytes(packet);
    size = bytes.size();
    slice = first_slice(bytes.data(), size, syntax);
  }
  if (slice == size) return nullptr;

  const std::vector<uint8_t> bytes = placed(unit, syntax);
  GstBuffer* added = gst_buffer_new_memdup(bytes.data(), bytes.size());
  BufferRef result(gst_buffer_copy_region(packet, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1)));
  if (slice > 0) gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, 0, slice);
  result.reset(gst_buffer_append(result.release(), added));
  gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, slice, size - slice);
  return result;
}

BufferRef stamped(GstBuffer* packet, int64_t unix_us, UnitSyntax syntax) {
  return with_unit(packet, stamp_unit(unix_us, syntax), syntax);
}

}  // namespace rxgst
