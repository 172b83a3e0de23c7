#include "output/stamp.h"

#include <vector>

#include "h264/sei.h"
#include "hevc/sei.h"

namespace rxgst {
namespace {

constexpr size_t unit_length_bytes = 4;

/** The position of the first slice's length; `size`: there is no slice. */
size_t first_slice(const uint8_t* data, size_t size, UnitSyntax syntax) {
  size_t slice = size;
  each_length(data, size, unit_length_bytes, [&](size_t at, size_t length, const uint8_t* nal) {
    if (length == 0) return false;
    if (syntax == UnitSyntax::hevc ? hevc::is_slice(hevc::unit_type(nal)) : is_slice(nal)) slice = at;
    return slice == size;
  });
  return slice;
}

}  // namespace

BufferRef stamped(GstBuffer* packet, int64_t unix_us, UnitSyntax syntax) {
  size_t size = 0, slice = 0;
  {
    const MappedBuffer bytes(packet);
    size = bytes.size();
    slice = first_slice(bytes.data(), size, syntax);
  }
  if (slice == size) return nullptr;

  const std::vector<uint8_t> nal = syntax == UnitSyntax::hevc ? hevc::stamp_nal(unix_us) : stamp_nal(unix_us);
  GstBuffer* sei = gst_buffer_new_allocate(nullptr, unit_length_bytes + nal.size(), nullptr);
  const uint8_t length[unit_length_bytes] = {0, 0, static_cast<uint8_t>(nal.size() >> 8),
                                             static_cast<uint8_t>(nal.size())};
  gst_buffer_fill(sei, 0, length, unit_length_bytes);
  gst_buffer_fill(sei, unit_length_bytes, nal.data(), nal.size());
  BufferRef result(gst_buffer_copy_region(packet, GST_BUFFER_COPY_METADATA, 0, static_cast<gsize>(-1)));
  if (slice > 0) gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, 0, slice);
  result.reset(gst_buffer_append(result.release(), sei));
  gst_buffer_copy_into(result.get(), packet, GST_BUFFER_COPY_MEMORY, slice, size - slice);
  return result;
}

}  // namespace rxgst
